package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.problem.ProblemType;
import tools.jackson.databind.JsonNode;

/// One of the hub's own routes refused what the door asked of it for its caller.
final class RouteRefused extends RuntimeException {
  private final transient LocalCalls.Answer answer;

  RouteRefused(LocalCalls.Answer answer) {
    super("A route answered " + answer.status(), null, false, false);
    this.answer = answer;
  }

  LocalCalls.Answer answer() {
    return answer;
  }

  boolean isEnded() {
    JsonNode type = answer.json().get("type");
    return type != null && type.asString().equals("/problems/" + ProblemType.TASK_ENDED.slug());
  }
}
