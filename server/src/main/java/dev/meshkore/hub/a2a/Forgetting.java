package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Follower;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes what an erased message said out of what is kept of its task. A caller's message is known
/// by its id; what an agent said of the task, by its parts.
///
/// @param taskId the task
/// @param callersMessage the hub's id of a message of the caller, or null
/// @param parts the parts of a message of the agent
/// @param names what such a message called an artifact, or said of it
record Forgetting(
    String taskId, @Nullable String callersMessage, Set<JsonNode> parts, Set<JsonNode> names) {
  private static final List<String> AROUND_PARTS = List.of("name", "description", "metadata");

  static Forgetting of(Task task, Follower.Followed message) {
    String id = message.id();
    if (id != null && TaskIds.isMessage(id) && task.caller() == message.sender()) {
      return new Forgetting(task.id(), id, Set.of(), Set.of());
    }
    var parts = new HashSet<JsonNode>();
    var names = new HashSet<JsonNode>();
    if (task.agent() == message.sender()) {
      Update update;
      try {
        update = Update.read(message.payload());
      } catch (Refused _) {
        // It was refused, so nothing of it is in the task.
        return new Forgetting(task.id(), null, Set.of(), Set.of());
      }
      if (update.parts() != null) {
        update.parts().forEach(parts::add);
      }
      if (update.artifact() != null) {
        update.artifact().get("parts").forEach(parts::add);
        AROUND_PARTS.forEach(name -> add(names, update.artifact(), name));
      }
    }
    return new Forgetting(task.id(), null, parts, names);
  }

  private static void add(Set<JsonNode> names, @Nullable ObjectNode artifact, String name) {
    if (artifact != null && artifact.has(name)) {
      names.add(artifact.get(name));
    }
  }

  /// Changes a tree of A2A.
  void apply(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      boolean isOfCaller = object.path("role").asString("").equals("ROLE_USER");
      if (isOfCaller) {
        String id = TaskIds.message(taskId, object.path("messageId").asString(""));
        if (id.equals(callersMessage)) {
          object.remove(List.of("metadata", "extensions", "referenceTaskIds"));
          object.putArray("parts").add(erased());
        }
        return;
      }
      if (object.get("parts") instanceof ArrayNode list) {
        for (int i = 0; i < list.size(); i++) {
          if (parts.contains(list.get(i))) {
            list.set(i, erased());
          }
        }
      }
      if (object.has("artifactId")) {
        AROUND_PARTS.stream()
            .filter(name -> object.has(name) && names.contains(object.get(name)))
            .toList()
            .forEach(object::remove);
      }
    }
    tree.forEach(this::apply);
  }

  private static ObjectNode erased() {
    ObjectNode part = Json.object();
    part.put("text", "");
    part.putObject("metadata").put("meshkore_erased", true);
    return part;
  }
}
