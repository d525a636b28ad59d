package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against a server of loopback that plays good and bad APIs.
final class EndpointEmbedderTest {
  private static final String SECRET = "sk-not-to-be-told";

  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<String> answer = body -> body;
  private volatile int status = 200;
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/embeddings",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          byte[] bytes = answer.apply(body).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(bytes.length == 0 ? 500 : status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private Embedder embedder() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return Model.of(new MeaningSettings(true, url, "m", SECRET)).loader().get();
  }

  private static String good(String body) {
    JsonNode asked = new JsonMapper().readTree(body);
    assertThat(asked.get("model").stringValue()).isEqualTo("m");
    var data = new ArrayList<String>();
    for (int i = asked.get("input").size() - 1; i >= 0; i--) {
      data.add("{\"index\":" + i + ",\"embedding\":[" + (i + 1) + ",0,2]}");
    }
    return "{\"data\":[" + String.join(",", data) + "]}";
  }

  @Test
  void asksManyTextsInPartsAndKeepsTheirOrder() {
    answer = EndpointEmbedderTest::good;
    try (Embedder embedder = embedder()) {
      List<float[]> vectors = embedder.vectors(Collections.nCopies(40, "text"));
      assertThat(vectors).hasSize(40);
      assertThat(vectors.get(0)[0]).isLessThan(vectors.get(1)[0]);
      assertThat(vectors.get(0)).isEqualTo(vectors.get(32));
      assertThat(Vectors.cosine(vectors.get(5), vectors.get(5))).isBetween(0.999f, 1.001f);
      assertThat(authorizations).containsExactly("Bearer " + SECRET, "Bearer " + SECRET);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|answered 500",
        "no json|no JSON",
        "[]|for each text",
        "{\"data\":[]}|for each text",
        "{\"data\":[{\"index\":1,\"embedding\":[1,2]}]}|for each text",
        "{\"data\":[{\"index\":0,\"embedding\":[]}]}|wrong size",
        "{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"}]}|wrong size",
        "{\"data\":[{\"index\":0,\"embedding\":[1,\"NaN\"]}]}|no number",
        "{\"data\":[{\"index\":0,\"embedding\":[1,1e999]}]}|no number",
        "{\"data\":[{\"index\":0,\"embedding\":[0,0,0]}]}|no direction"
      })
  void takesNoWrongAnswer(String wrong, String reason) {
    answer = _ -> wrong;
    try (Embedder embedder = embedder()) {
      assertThatThrownBy(() -> embedder.vectors(List.of("text")))
          .isInstanceOf(Embedder.NoVectors.class)
          .hasMessageContaining(reason)
          .hasMessageNotContaining(SECRET);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400,true",
    "413,true",
    "422,true",
    "401,false",
    "402,false",
    "403,false",
    "404,false",
    "408,false",
    "429,false",
    "500,false",
    "503,false"
  })
  void tellsATextThatIsNotTakenFromAnApiThatIsAway(int status, boolean isOfTheText) {
    this.status = status;
    answer = _ -> "{}";
    try (Embedder embedder = embedder()) {
      assertThatThrownBy(() -> embedder.vectors(List.of("text")))
          .isInstanceOf(isOfTheText ? Embedder.NotTaken.class : Embedder.NoVectors.class)
          .hasMessageContaining("answered " + status)
          .hasMessageNotContaining(SECRET);
    }
  }

  @Test
  void takesNoVectorOfAnotherSize() {
    answer = EndpointEmbedderTest::good;
    try (Embedder embedder = embedder()) {
      assertThat(embedder.vectors(List.of("text"))).hasSize(1);
      answer = _ -> "{\"data\":[{\"index\":0,\"embedding\":[1,2,3,4]}]}";
      assertThatThrownBy(() -> embedder.vectors(List.of("text")))
          .hasMessageContaining("wrong size");
    }
  }

  @Test
  void tellsNobodyItsKey() {
    assertThat(new MeaningSettings(true, "http://a", "m", SECRET).toString())
        .doesNotContain(SECRET);
  }
}
