package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.Handler;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.Refused;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The hub's refusals as ACP's clients read them: the same problem object, with the two members of
/// ACP's error beside it.
final class AcpProblems {
  private AcpProblems() {}

  /// A handler whose refusals have ACP's members.
  static Handler telling(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Runs.Failed failed) {
        LocalCalls.Answer answer = failed.answer();
        return new Response.Whole(answer.status(), answer.headers(), Json.bytes(of(answer.json())));
      } catch (Refused refused) {
        Response.Whole plain = Problems.response(refused);
        return new Response.Whole(plain.status(), plain.headers(), Json.bytes(of(refused)));
      }
    };
  }

  static ObjectNode of(Refused refused) {
    return of(Problems.body(refused));
  }

  static ObjectNode of(JsonNode problem) {
    int status = problem.path("status").asInt(500);
    String code =
        switch (status) {
          case 404 -> "not_found";
          case 429 -> "server_error";
          default -> status < 500 ? "invalid_input" : "server_error";
        };
    ObjectNode error = Json.object();
    problem.properties().forEach(member -> error.set(member.getKey(), member.getValue()));
    error.put("code", code);
    String title = problem.path("title").asString("The hub refused");
    String detail = problem.path("detail").asString("");
    return error.put("message", detail.isEmpty() ? title : title + ": " + detail);
  }
}
