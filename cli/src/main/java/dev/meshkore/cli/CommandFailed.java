package dev.meshkore.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A command cannot do what it was asked; says why and what to do, in the form of a problem.
final class CommandFailed extends RuntimeException {
  private final Exit exit;
  private final transient ObjectNode problem;

  CommandFailed(Exit exit, String title, String detail, String help) {
    this(exit, problemOf(title, detail, help));
  }

  private CommandFailed(Exit exit, ObjectNode problem) {
    super(Json.text(problem, "title"));
    this.exit = exit;
    this.problem = problem;
  }

  /// A hub answered with a refusal.
  static CommandFailed refused(int status, JsonNode body) {
    var problem =
        body instanceof ObjectNode object && object.has("title")
            ? object.deepCopy()
            : problemOf("The hub answered with status " + status, "", "");
    if (!problem.has("status")) {
      problem.put("status", status);
    }
    var help = Refusals.helpFor(Json.text(problem, "type"));
    if (!problem.has("help") && !help.isEmpty()) {
      problem.put("help", help);
    }
    return new CommandFailed(Exit.ofStatus(status), problem);
  }

  /// Several mistakes in settings, told at once.
  static CommandFailed mistakes(List<String> mistakes) {
    var title =
        mistakes.size() == 1 ? "One setting is wrong" : mistakes.size() + " settings are wrong";
    var problem =
        problemOf(title, String.join("\n", mistakes), "meshkore up --help lists every setting.");
    var list = problem.putArray("mistakes");
    mistakes.forEach(list::add);
    return new CommandFailed(Exit.USER, problem);
  }

  /// The same refusal with what the hub cannot know: why it is, and what to do here.
  CommandFailed explained(String detail, String help) {
    return new CommandFailed(exit, problem.deepCopy().put("detail", detail).put("help", help));
  }

  /// Whether it is a refusal of the hub's, by its name in the registry.
  boolean is(String slug) {
    return Json.text(problem, "type").endsWith("/problems/" + slug);
  }

  Exit exit() {
    return exit;
  }

  ObjectNode problem() {
    return problem;
  }

  private static ObjectNode problemOf(String title, String detail, String help) {
    var problem = Json.object().put("type", "about:blank").put("title", title);
    if (!detail.isEmpty()) {
      problem.put("detail", detail);
    }
    if (!help.isEmpty()) {
      problem.put("help", help);
    }
    return problem;
  }
}
