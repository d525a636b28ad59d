package dev.meshkore.hub.mcp;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Tells a model why nothing was done, and what to do next.
final class Refusals {
  private static final String PREFIX = "/problems/";
  private static final Map<String, String> NEXT =
      Map.ofEntries(
          Map.entry("unknown-recipient", "Look the agent up with find_agents or list_agents."),
          Map.entry("unknown-agent", "Look the agent up with find_agents or list_agents."),
          Map.entry("unknown-channel", "See your channels with list_channels."),
          Map.entry("unknown-message", "Only messages that you sent have receipts."),
          Map.entry("channel-exists", "Choose another channel_id, or join_channel if it is open."),
          Map.entry("channel-full", "Try again when a member has left."),
          Map.entry("last-owner", "Somebody else has to become an owner first."),
          Map.entry("message-too-large", "Send less, or a link to the content."),
          Map.entry("request-too-large", "Send less, or a link to the content."),
          Map.entry("not-allowed", "The detail says which right is missing; do not repeat it."),
          Map.entry("inbox-full", "The recipient has to read first. Try again later."),
          Map.entry(
              "mandate-required",
              "See what your mandates allow with limits; only your owner can allow more."),
          Map.entry(
              "budget-exhausted",
              "See what is left, and when more is free, with limits; do not split it."),
          Map.entry("invalid-field", "Correct the argument and call again."));

  private Refusals() {}

  /// The result of a tool that did nothing.
  static McpResult.Complete failed(JsonNode problem) {
    return McpResult.failed(problem, text(problem));
  }

  static String text(JsonNode problem) {
    var text = new StringBuilder("Nothing was done: ").append(problem.path("title").asString(""));
    String detail = problem.path("detail").asString("");
    text.append(detail.isEmpty() ? "." : ". " + detail + ".");
    return text.append(' ').append(next(problem)).toString();
  }

  private static String next(JsonNode problem) {
    long seconds = problem.path("retry_after").asLong(0);
    if (seconds > 0) {
      return "Wait " + seconds + " seconds, then repeat the call with the same id.";
    }
    String slug = problem.path("type").asString("").replaceFirst("^" + PREFIX, "");
    boolean mayPass = problem.path("status").asInt(0) >= 500;
    return NEXT.getOrDefault(
        slug, mayPass ? "Try again later." : "Change what the detail names and call again.");
  }
}
