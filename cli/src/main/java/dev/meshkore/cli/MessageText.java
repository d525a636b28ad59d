package dev.meshkore.cli;

import tools.jackson.databind.JsonNode;

/// A message as people read it.
final class MessageText {
  private MessageText() {}

  static String of(Surroundings here, JsonNode message) {
    var header =
        here.bold(clean(Json.text(message, "from")))
            + (message.has("channel") ? " in #" + clean(Json.text(message, "channel")) : "")
            + here.dim(
                "  " + Json.text(message, "sent_at") + "  " + clean(Json.text(message, "id")))
            + (message.has("thread")
                ? here.dim("  thread " + clean(Json.text(message, "thread")))
                : "");
    var payload = message.path("payload");
    var text =
        payload.isObject() && payload.size() == 1 && payload.path("text").isString()
            ? payload.path("text").asString()
            : payload.isString() ? payload.asString() : Json.pretty(payload);
    return header + "\n" + clean(text).indent(2).stripTrailing();
  }

  /// Another agent's text must not steer the terminal: control characters become visible.
  static String clean(String text) {
    var shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          if (point == '\n' || point == '\t' || !isControl(point)) {
            shown.appendCodePoint(point);
          } else {
            shown.append("\\u").append("%04x".formatted(point));
          }
        });
    return shown.toString();
  }

  private static boolean isControl(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }
}
