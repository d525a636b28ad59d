package dev.meshkore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StandInVectorsTest {
  @Test
  void answersAVectorForEachTextThatIsNearWhereWordsAreShared() throws Exception {
    try (StandInVectors vectors = StandInVectors.start();
        HttpClient client = HttpClient.newHttpClient()) {
      String base = vectors.hubOptions().get(1);
      String body = "{\"model\":\"x\",\"input\":[\"red green blue\",\"Blue, green!\",\"seven\"]}";
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + "/v1/embeddings"))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      JsonNode data = new JsonMapper().readTree(answer).path("data");
      assertThat(data.size()).isEqualTo(3);
      assertThat(data.path(1).path("index").asInt()).isEqualTo(1);
      assertThat(cosine(data, 0, 0)).isBetween(0.99, 1.01);
      assertThat(cosine(data, 0, 1)).isGreaterThan(0.7);
      assertThat(cosine(data, 0, 2)).isLessThan(0.6);
    }
  }

  private static double cosine(JsonNode data, int one, int other) {
    double sum = 0;
    for (int i = 0; i < 384; i++) {
      sum +=
          data.path(one).path("embedding").path(i).asDouble()
              * data.path(other).path("embedding").path(i).asDouble();
    }
    return sum;
  }

  @Test
  void groupsOfAgentsAreTheSameEachTimeAndDifferInOneWord() {
    var agents = new MadeUpAgents(100, 3);
    var descriptions = agents.descriptions();
    assertThat(descriptions).isEqualTo(new MadeUpAgents(100, 3).descriptions()).hasSize(100);
    assertThat(agents.meantBy(2)).hasSize(10).isSubsetOf(descriptions.keySet());
    String shared = agents.request(2).replaceAll(".*with |[?]", "");
    assertThat(descriptions.entrySet())
        .filteredOn(one -> one.getValue().contains(shared))
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(agents.meantBy(2));
  }
}
