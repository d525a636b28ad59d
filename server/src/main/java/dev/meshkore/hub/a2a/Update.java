package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an agent says of a task by a message: with the verbs of `type` `task`, by a plain reply,
/// which completes it, or by one of `type` `message`, which takes the place of a task.
///
/// @param state what becomes of it, or null where only an artifact is handed over
/// @param parts what is said about the state
/// @param artifact A2A's Artifact; without an id where the agent chose none
/// @param isAppended whether the artifact goes on
/// @param isLast whether it is whole with this
/// @param isMessage whether there shall be no task
record Update(
    @Nullable TaskState state,
    @Nullable ArrayNode parts,
    @Nullable ObjectNode artifact,
    boolean isAppended,
    boolean isLast,
    boolean isMessage) {

  /// Reads a payload.
  ///
  /// @throws Refused where it names verbs and uses them wrongly
  static Update read(byte[] payload) {
    JsonNode node;
    try {
      node = Texts.stored(payload);
    } catch (JacksonException | NumberFormatException _) {
      throw Refused.field("payload", "An answer to a task may not nest so deep or be so large");
    }
    Texts.check(node);
    return switch (node.isObject() ? Texts.member(node, "type").orElse(node) : node) {
      case JsonNode type when type.isString() && type.stringValue().equals("task") -> verbs(node);
      case JsonNode type when type.isString() && type.stringValue().equals("message") ->
          said(node, true);
      default -> said(node, false);
    };
  }

  private static Update verbs(JsonNode payload) {
    Optional<ObjectNode> artifact = Texts.object(payload, "artifact");
    ArrayNode parts = parts(payload).orElse(null);
    TaskState state =
        Texts.text(payload, "state")
            .map(verb ->
                TaskState.ofVerb(verb)
                    .orElseThrow(
                        () -> Refused.field("payload.state", "There is no task state " + verb)))
            .orElse(artifact.isPresent() && parts == null ? null : TaskState.WORKING);
    return new Update(
        state,
        parts,
        artifact.map(Update::artifact).orElse(null),
        artifact.isPresent() && Texts.flag(artifact.get(), "append"),
        artifact.isPresent() && Texts.flag(artifact.get(), "last_chunk"),
        false);
  }

  private static Update said(JsonNode payload, boolean isMessage) {
    ArrayNode parts =
        (payload.isObject() ? parts(payload) : Optional.<ArrayNode>empty())
            .orElseGet(
                () -> payload.isString() ? Texts.ofText(payload.stringValue()) : data(payload));
    return new Update(TaskState.COMPLETED, parts, null, false, false, isMessage);
  }

  private static Optional<ArrayNode> parts(JsonNode payload) {
    Optional<ArrayNode> parts = Texts.parts(payload, "parts");
    return parts.isPresent()
        ? parts
        : Texts.member(payload, "text")
            .filter(JsonNode::isString)
            .map(text -> Texts.ofText(text.stringValue()));
  }

  private static ArrayNode data(JsonNode payload) {
    ArrayNode parts = Json.object().putArray("parts");
    parts.addObject().set("data", payload);
    return parts;
  }

  private static ObjectNode artifact(ObjectNode given) {
    ObjectNode artifact = Json.object();
    Texts.id(given, "artifact_id").ifPresent(id -> artifact.put("artifactId", id));
    Texts.text(given, "name").ifPresent(name -> artifact.put("name", name));
    Texts.text(given, "description").ifPresent(text -> artifact.put("description", text));
    artifact.set(
        "parts",
        parts(given)
            .orElseThrow(
                () -> Refused.field("payload.artifact", "An artifact has a text or parts")));
    Texts.object(given, "metadata").ifPresent(metadata -> artifact.set("metadata", metadata));
    return artifact;
  }

  /// Brings it into a task.
  void applyTo(Task task, long nowMs) {
    if (isMessage && parts != null && task.isUntouched()) {
      task.answer(parts);
      return;
    }
    if (artifact != null) {
      ObjectNode whole = Json.object();
      whole.put("artifactId", task.nextName());
      whole.setAll(artifact);
      task.artifact(whole, isAppended, isLast);
    }
    if (state != null) {
      task.become(state, parts, nowMs);
    }
  }
}
