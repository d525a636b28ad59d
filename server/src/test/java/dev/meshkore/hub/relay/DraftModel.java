package dev.meshkore.hub.relay;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;

/// A message that the test wants to send.
record DraftModel(
    Optional<String> id,
    Optional<String> thread,
    Optional<String> replyTo,
    long expiresIn,
    String payload) {
  private static final int IDS = 20;

  static DraftModel random(SplittableRandom random, String prefix, String anyId) {
    return new DraftModel(
        random.nextInt(3) == 0 ? Optional.of(prefix + random.nextInt(IDS)) : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of("t" + random.nextInt(3)) : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of(anyId) : Optional.empty(),
        random.nextInt(4) == 0 ? random.nextLong(1, 30) : 0,
        payload(random));
  }

  private static String payload(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> "null";
      case 1 -> "[1, 2.50,\t{\"deep\" : [ ] }]";
      case 2 -> "\"" + "x".repeat(random.nextInt(3_000)) + "\"";
      case 3 -> "{\"text\":\"grüße \\u00e9 😀\"}";
      default -> "{\"n\":" + random.nextInt() + "}";
    };
  }

  /// The body of a request.
  byte[] body(Optional<String> to) {
    var json = new StringBuilder("{");
    to.ifPresent(name -> json.append("\"to\":\"").append(name).append("\","));
    id.ifPresent(text -> json.append("\"id\":\"").append(text).append("\","));
    thread.ifPresent(text -> json.append("\"thread\":\"").append(text).append("\","));
    replyTo.ifPresent(text -> json.append("\"reply_to\":\"").append(text).append("\","));
    if (expiresIn != 0) {
      json.append("\"expires_in\":").append(expiresIn).append(',');
    }
    json.append("\"payload\": ").append(payload).append(" }");
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// What readers get, after the sequence.
  String content(String messageId, String from, String target, String sentAt, String expiresAt) {
    return "\"id\":\""
        + messageId
        + "\",\"from\":\""
        + from
        + "\","
        + target
        + ",\"sent_at\":\""
        + sentAt
        + "\""
        + thread.map(text -> ",\"thread\":\"" + text + "\"").orElse("")
        + replyTo.map(text -> ",\"reply_to\":\"" + text + "\"").orElse("")
        + (expiresIn == 0 ? "" : ",\"expires_at\":\"" + expiresAt + "\"")
        + ",\"payload\":"
        + payload
        + "}";
  }
}
