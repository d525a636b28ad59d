package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The HTTP+JSON binding (specification §11). It answers in the media type it was asked in.
final class RestDoor {
  private static final String BASE = "/agents/{agent_id}/a2a";
  private static final String TASK = BASE + "/tasks/{task}";
  private static final String HOOKS = TASK + "/pushNotificationConfigs";

  static final Router.Route CREATE_HOOK = new Router.Route("POST", HOOKS);
  static final Router.Route LIST_HOOKS = new Router.Route("GET", HOOKS);
  static final Router.Route GET_HOOK = new Router.Route("GET", HOOKS + "/{config}");
  static final Router.Route DELETE_HOOK = new Router.Route("DELETE", HOOKS + "/{config}");

  private static final String A2A_JSON = "application/a2a+json";
  private static final String SUBSCRIBE = ":subscribe";
  private static final String CANCEL = ":cancel";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

  private final Doors doors;
  private final Operations operations;
  private final Cards cards;

  RestDoor(Doors doors, Operations operations, Cards cards) {
    this.doors = doors;
    this.operations = operations;
    this.cards = cards;
  }

  void addTo(Router router) {
    router
        .post(BASE + "/message:send", request -> whole(request, this::send))
        .post(BASE + "/message:stream", request -> streamed(request, this::sendStreaming))
        .get(BASE + "/tasks", request -> whole(request, this::list))
        .getOnly(TASK, this::get)
        .post(TASK, this::act)
        .post(HOOKS, request -> whole(request, this::createHook))
        .get(HOOKS, request -> whole(request, (call, of) -> operations.listHooks(call, task(of))))
        .get(HOOKS + "/{config}", request -> whole(request, this::getHook))
        .add("DELETE", HOOKS + "/{config}", request -> whole(request, this::deleteHook))
        .get(BASE + "/extendedAgentCard", request -> whole(request, this::card));
  }

  private Response whole(Request request, BiFunction<DoorCall, Request, ObjectNode> operation) {
    try {
      DoorCall call = doors.call(request);
      Versions.requireCurrent(Versions.of(request));
      ObjectNode result = operation.apply(call, request);
      Response.Whole answer = Response.json(200, result);
      return Doors.echoed(request, answer.with("Content-Type", mediaType(request)));
    } catch (A2aRefused refused) {
      return ErrorBody.of(refused).rest();
    } catch (Refused refused) {
      return ErrorBody.of(refused).rest();
    } catch (RouteRefused refused) {
      return ErrorBody.of(refused.answer()).rest();
    }
  }

  private Response streamed(Request request, BiFunction<DoorCall, Request, TaskStream> operation) {
    try {
      DoorCall call = doors.call(request);
      Versions.requireCurrent(Versions.of(request));
      Response events = Doors.events(operation.apply(call, request), event -> event);
      return Doors.echoed(request, events);
    } catch (A2aRefused refused) {
      return ErrorBody.of(refused).rest();
    } catch (Refused refused) {
      return ErrorBody.of(refused).rest();
    } catch (RouteRefused refused) {
      return ErrorBody.of(refused.answer()).rest();
    }
  }

  private static String mediaType(Request request) {
    boolean hasBody = request.body().length > 0;
    String asked = request.header(hasBody ? "Content-Type" : "Accept").orElse("").strip();
    return asked.startsWith(A2A_JSON) ? A2A_JSON : "application/json";
  }

  private ObjectNode send(DoorCall call, Request request) {
    return operations.send(call, body(request));
  }

  private TaskStream sendStreaming(DoorCall call, Request request) {
    return operations.sendStreaming(call, body(request));
  }

  private ObjectNode list(DoorCall call, Request request) {
    ObjectNode params = Json.object();
    copyText(request, params, "contextId");
    copyText(request, params, "status");
    copyText(request, params, "pageToken");
    copyText(request, params, "statusTimestampAfter");
    copyNumber(request, params, "pageSize");
    copyNumber(request, params, "historyLength");
    request
        .query("includeArtifacts")
        .ifPresent(text -> {
          switch (text) {
            case "true" -> params.put("includeArtifacts", true);
            case "false", "" -> params.put("includeArtifacts", false);
            default ->
                throw Refused.field("includeArtifacts", "includeArtifacts must be true or false");
          }
        });
    return operations.list(call, params);
  }

  /// `GET` of a task, or of `{task}:subscribe`.
  private Response get(Request request) {
    String name = request.name("task");
    if (name.endsWith(SUBSCRIBE)) {
      return streamed(request, (call, _) -> operations.subscribe(call, id(name, SUBSCRIBE)));
    }
    ObjectNode params = id(name, "");
    return whole(
        request,
        (call, of) -> {
          copyNumber(of, params, "historyLength");
          return operations.get(call, params);
        });
  }

  /// `POST` to `{task}:cancel` or `{task}:subscribe`.
  private Response act(Request request) {
    String name = request.name("task");
    if (name.endsWith(SUBSCRIBE)) {
      return streamed(request, (call, _) -> operations.subscribe(call, id(name, SUBSCRIBE)));
    }
    if (!name.endsWith(CANCEL)) {
      return whole(
          request,
          (_, _) -> {
            throw new A2aRefused(
                A2aError.METHOD_NOT_FOUND, "A task takes " + CANCEL + " and " + SUBSCRIBE);
          });
    }
    return whole(
        request,
        (call, of) -> {
          ObjectNode params = of.body().length == 0 ? Json.object() : body(of);
          params.setAll(id(name, CANCEL));
          return operations.cancel(call, params);
        });
  }

  private static ObjectNode id(String name, String ending) {
    return Json.object().put("id", name.substring(0, name.length() - ending.length()));
  }

  private ObjectNode createHook(DoorCall call, Request request) {
    ObjectNode params = body(request);
    params.setAll(task(request));
    return operations.createHook(call, params);
  }

  private ObjectNode getHook(DoorCall call, Request request) {
    return operations.getHook(call, hook(request));
  }

  private ObjectNode deleteHook(DoorCall call, Request request) {
    return operations.deleteHook(call, hook(request));
  }

  private ObjectNode card(DoorCall call, Request request) {
    return cards.ofAgent(call.agentId()).orElseThrow(Doors::unknownAgent);
  }

  private static ObjectNode task(Request request) {
    return Json.object().put("taskId", request.name("task"));
  }

  private static ObjectNode hook(Request request) {
    return task(request).put("id", request.name("config"));
  }

  private static ObjectNode body(Request request) {
    JsonNode node = Doors.json(request);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Refused(ProblemType.MALFORMED_JSON, "The body must be one JSON object", Map.of());
  }

  private static void copyText(Request request, ObjectNode params, String name) {
    request.query(name).ifPresent(text -> params.put(name, text));
  }

  private static void copyNumber(Request request, ObjectNode params, String name) {
    request
        .query(name)
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> {
          if (!NUMBER.matcher(text).matches()) {
            throw Refused.field(name, name + " must be a whole number");
          }
          params.put(name, Integer.parseInt(text));
        });
  }
}
