package dev.meshkore.hub.hooks;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The assistants whose hooks are answered, each with its names for the same four moments and its
/// forms for the same two answers.
enum Client {
  CLAUDE("SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"),
  CODEX("SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"),
  GEMINI("SessionStart", "BeforeAgent", "AfterAgent", "SessionEnd"),
  CURSOR("sessionStart", "beforeSubmitPrompt", "stop", "sessionEnd");

  /// When a hook runs.
  enum Moment {
    /// A session begins, or its context was emptied.
    START,
    /// A prompt is about to be worked on.
    PROMPT,
    /// The assistant is about to stop.
    STOP,
    /// The session is over.
    END,
    /// Anything else; there is nothing to say then.
    OTHER
  }

  private static final long LOOPS_MAX = 1_000_000_000;

  private final String start;
  private final String prompt;
  private final String stop;
  private final String end;

  Client(String start, String prompt, String stop, String end) {
    this.start = start;
    this.prompt = prompt;
    this.stop = stop;
    this.end = end;
  }

  /// The client of a name in a path.
  static Optional<Client> of(String word) {
    return Arrays.stream(values()).filter(client -> client.word().equals(word)).findFirst();
  }

  /// Its name in a path.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The moment that an event is.
  Moment moment(String event) {
    if (event.equals(prompt)) {
      return Moment.PROMPT;
    }
    if (event.equals(stop)) {
      return Moment.STOP;
    }
    if (event.equals(start)) {
      return Moment.START;
    }
    return event.equals(end) ? Moment.END : Moment.OTHER;
  }

  /// Which session a hook speaks of.
  String session(Fields input) {
    Optional<String> conversation =
        this == CURSOR ? input.optionalText("conversation_id") : Optional.empty();
    return conversation.or(() -> input.optionalText("session_id")).orElse("");
  }

  /// Whether an assistant that is about to stop may be asked to go on: it worked in peace until
  /// now, and does not go on already because of a hook.
  boolean mayGoOn(Fields input) {
    return switch (this) {
      case CLAUDE, CODEX, GEMINI -> !input.flag("stop_hook_active", false);
      case CURSOR ->
          input.optionalText("status").orElse("completed").equals("completed")
              && input.number("loop_count", 0, 0, LOOPS_MAX) == 0;
    };
  }

  /// The answer that adds a text to what the model reads.
  ObjectNode context(String event, String text) {
    ObjectNode answer = Json.object();
    switch (this) {
      case CLAUDE, CODEX, GEMINI ->
          answer
              .putObject("hookSpecificOutput")
              .put("hookEventName", event)
              .put("additionalContext", text);
      case CURSOR -> {
        if (moment(event) == Moment.PROMPT) {
          answer.put("continue", true);
        }
        answer.put("additional_context", text);
      }
    }
    return answer;
  }

  /// The answer that lets the assistant go on with a text as its next prompt.
  ObjectNode goOn(String text) {
    return switch (this) {
      case CLAUDE, CODEX -> Json.object().put("decision", "block").put("reason", text);
      case GEMINI -> Json.object().put("decision", "deny").put("reason", text);
      case CURSOR -> Json.object().put("followup_message", text);
    };
  }
}
