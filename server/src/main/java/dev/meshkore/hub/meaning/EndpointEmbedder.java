package dev.meshkore.hub.meaning;

import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Any API that answers `POST /v1/embeddings` as OpenAI's does. What it answers is checked: as many
/// vectors as texts, all of one size, of finite numbers.
public final class EndpointEmbedder implements Embedder {
  private static final int TEXTS_AT_ONCE = 32;
  private static final int CHARACTERS_MAX = 8_000;
  private static final JsonMapper JSON = new JsonMapper();

  /// What says that a text is bad, too long or not wanted there. All else that is no success is of
  /// the key, the model, the address or the hour, and so of every text.
  private static final Set<Integer> OF_TEXTS = Set.of(400, 413, 422);

  private final OutboundClient client;
  private final URI url;
  private final String model;
  private final String key;
  private volatile int size;

  /// An API at a base address; `key` is empty where it needs none. The client's limits bound each
  /// call.
  public EndpointEmbedder(OutboundClient client, String base, String model, String key) {
    this.client = client;
    this.url = URI.create(base.replaceFirst("/v1/?$", "") + "/v1/embeddings");
    this.model = model;
    this.key = key;
  }

  @Override
  public String model() {
    return model + " at " + url;
  }

  @Override
  public List<float[]> vectors(List<String> texts) {
    var vectors = new ArrayList<float[]>(texts.size());
    for (int i = 0; i < texts.size(); i += TEXTS_AT_ONCE) {
      List<String> some = texts.subList(i, Math.min(texts.size(), i + TEXTS_AT_ONCE));
      vectors.addAll(ask(some));
    }
    return vectors;
  }

  @Override
  public void close() {
    client.close();
  }

  private List<float[]> ask(List<String> texts) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("encoding_format", "float");
    ArrayNode input = body.putArray("input");
    texts.forEach(text -> input.add(cut(text)));
    Map<String, String> headers =
        key.isEmpty()
            ? Map.of("Content-Type", "application/json")
            : Map.of("Content-Type", "application/json", "Authorization", "Bearer " + key);
    byte[] sent = body.toString().getBytes(StandardCharsets.UTF_8);
    return switch (client.post(url, headers, sent)) {
      case Outcome.Answered answered when answered.isDone() -> read(answered.body(), texts.size());
      case Outcome.Answered answered when OF_TEXTS.contains(answered.status()) ->
          throw new NotTaken("It answered " + answered.status());
      case Outcome.Answered answered -> throw new NoVectors("It answered " + answered.status());
      case Outcome.Forbidden forbidden -> throw new NoVectors(forbidden.reason());
      case Outcome.Failed failed -> throw new NoVectors(failed.reason());
    };
  }

  private List<float[]> read(byte[] answer, int count) {
    JsonNode data;
    try {
      data = JSON.readTree(answer).path("data");
    } catch (JacksonException _) {
      throw new NoVectors("Its answer is no JSON");
    }
    if (!data.isArray() || data.size() != count) {
      throw new NoVectors("Its answer has not a vector for each text");
    }
    float @Nullable [][] vectors = new float[count][];
    for (JsonNode one : data) {
      int index = one.path("index").asInt(-1);
      if (index < 0 || index >= count || vectors[index] != null) {
        throw new NoVectors("Its answer has not a vector for each text");
      }
      vectors[index] = vector(one.path("embedding"));
    }
    return List.of(vectors);
  }

  private float[] vector(JsonNode numbers) {
    int length = numbers.size();
    if (!numbers.isArray()
        || length < 2
        || length > VectorCodec.SIZE_MAX
        || (size != 0 && size != length)) {
      throw new NoVectors("Its vectors have a wrong size");
    }
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      JsonNode number = numbers.get(i);
      float value = number.isNumber() ? (float) number.asDouble(Double.NaN) : Float.NaN;
      if (!Float.isFinite(value)) {
        throw new NoVectors("Its vectors hold what is no number");
      }
      vector[i] = value;
    }
    size = length;
    return Vectors.unit(vector);
  }

  private static String cut(String text) {
    if (text.length() <= CHARACTERS_MAX) {
      return text;
    }
    boolean isSplit = Character.isHighSurrogate(text.charAt(CHARACTERS_MAX - 1));
    return text.substring(0, CHARACTERS_MAX - (isSplit ? 1 : 0));
  }
}
