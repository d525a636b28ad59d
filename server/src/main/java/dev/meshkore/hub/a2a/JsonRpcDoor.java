package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON-RPC binding (specification §9): one endpoint for each agent, and one for the hub.
final class JsonRpcDoor {
  private final Doors doors;
  private final Operations operations;
  private final Cards cards;
  private final HubAgent hub;
  private final Legacy legacy;

  JsonRpcDoor(Doors doors, Operations operations, Cards cards, HubAgent hub) {
    this.doors = doors;
    this.operations = operations;
    this.cards = cards;
    this.hub = hub;
    this.legacy = new Legacy(operations);
  }

  void addTo(Router router) {
    router.post("/agents/{agent_id}/a2a", this::ofAgent);
    // Clients that join the two bindings' addresses to a path end it in a slash.
    router.post("/agents/{agent_id}/a2a/", this::ofAgent);
    router.post("/a2a", this::ofHub);
  }

  /// One call, its envelope read.
  ///
  /// @param id what the answer carries back; null in the answer to what has none
  private record Envelope(@Nullable JsonNode id, String method, ObjectNode params) {}

  private Response ofAgent(Request request) {
    Response response =
        answered(
            request,
            () -> {
              DoorCall call = doors.call(request);
              return envelope -> agent(call, Versions.of(request), envelope);
            });
    return Doors.echoed(request, response);
  }

  private Response ofHub(Request request) {
    return answered(
        request,
        () -> {
          Caller.OfAgent caller = doors.caller(request);
          return envelope -> {
            Versions.requireCurrent(Versions.of(request));
            return hub(caller, envelope);
          };
        });
  }

  /// Answers an envelope.
  private interface Method {
    Response answer(Envelope envelope);
  }

  /// What cannot be read is refused as such, whoever sent it; only then does it matter who did.
  private static Response answered(Request request, Supplier<Method> authenticated) {
    JsonNode id = null;
    try {
      JsonNode body = Doors.json(request);
      id = id(body);
      Method method = authenticated.get();
      return method.answer(envelope(body, id));
    } catch (A2aRefused refused) {
      return ErrorBody.of(refused).rpc(id);
    } catch (Refused refused) {
      return ErrorBody.of(refused).rpc(id);
    } catch (RouteRefused refused) {
      return ErrorBody.of(refused.answer()).rpc(id);
    }
  }

  private static @Nullable JsonNode id(JsonNode body) {
    JsonNode id = body.isObject() ? body.get("id") : null;
    return id != null && (id.isString() || id.isIntegralNumber()) ? id : null;
  }

  private static Envelope envelope(JsonNode body, @Nullable JsonNode id) {
    String method = word(body, "method");
    JsonNode given = body.get("id");
    boolean isCall =
        !method.isEmpty()
            && word(body, "jsonrpc").equals("2.0")
            && (id != null || given == null || given.isNull());
    if (!isCall) {
      throw new A2aRefused(A2aError.INVALID_REQUEST, "This is no single request of JSON-RPC 2.0");
    }
    JsonNode params = body.get("params");
    if (params == null || params.isNull()) {
      return new Envelope(id, method, Json.object());
    }
    if (params instanceof ObjectNode object) {
      return new Envelope(id, method, object);
    }
    throw new A2aRefused(A2aError.INVALID_PARAMS, "params must be an object");
  }

  private static String word(JsonNode body, String name) {
    JsonNode word = body.isObject() ? body.get(name) : null;
    return word != null && word.isString() ? word.stringValue() : "";
  }

  private Response agent(DoorCall call, String version, Envelope envelope) {
    if (version.equals(Versions.LEGACY) && Legacy.isMethod(envelope.method())) {
      return legacy(call, envelope);
    }
    ObjectNode params = envelope.params();
    Versions.requireCurrent(version);
    return switch (envelope.method()) {
      case "SendMessage" -> result(envelope, operations.send(call, params));
      case "SendStreamingMessage" -> stream(envelope, operations.sendStreaming(call, params));
      case "GetTask" -> result(envelope, operations.get(call, params));
      case "ListTasks" -> result(envelope, operations.list(call, params));
      case "CancelTask" -> result(envelope, operations.cancel(call, params));
      case "SubscribeToTask" -> stream(envelope, operations.subscribe(call, params));
      case "CreateTaskPushNotificationConfig" ->
          result(envelope, operations.createHook(call, params));
      case "GetTaskPushNotificationConfig" -> result(envelope, operations.getHook(call, params));
      case "ListTaskPushNotificationConfigs" ->
          result(envelope, operations.listHooks(call, params));
      case "DeleteTaskPushNotificationConfig" ->
          result(envelope, operations.deleteHook(call, params));
      case "GetExtendedAgentCard" ->
          result(envelope, cards.ofAgent(call.agentId()).orElseThrow(Doors::unknownAgent));
      default -> throw unknownMethod();
    };
  }

  private Response hub(Caller.OfAgent caller, Envelope envelope) {
    ObjectNode params = envelope.params();
    return switch (envelope.method()) {
      case "SendMessage" -> result(envelope, hub.send(caller, params));
      case "SendStreamingMessage" -> stream(envelope, TaskStream.of(hub.send(caller, params)));
      case "GetTask", "CancelTask", "SubscribeToTask" ->
          throw new A2aRefused(A2aError.TASK_NOT_FOUND, "The hub's own agent has no tasks");
      case "ListTasks" -> result(envelope, HubAgent.noTasks());
      case "CreateTaskPushNotificationConfig",
          "GetTaskPushNotificationConfig",
          "ListTaskPushNotificationConfigs",
          "DeleteTaskPushNotificationConfig" ->
          throw new A2aRefused(
              A2aError.PUSH_NOTIFICATION_NOT_SUPPORTED, "The hub's own agent answers at once");
      case "GetExtendedAgentCard" -> result(envelope, cards.ofHub());
      default -> throw unknownMethod();
    };
  }

  private Response legacy(DoorCall call, Envelope envelope) {
    Legacy.Answer answer = legacy.answer(call, envelope.method(), envelope.params());
    return switch (answer) {
      case Legacy.Answer.Result result -> result(envelope, result.json());
      case Legacy.Answer.Streamed streamed ->
          Doors.events(
              streamed.stream(), event -> wrapped(envelope.id(), Json.bytes(Legacy.event(event))));
    };
  }

  private static A2aRefused unknownMethod() {
    return new A2aRefused(A2aError.METHOD_NOT_FOUND, "A2A 1.0 has no such method");
  }

  private static Response result(Envelope envelope, ObjectNode result) {
    return Response.json(200, wrapped(envelope.id(), Json.bytes(result)));
  }

  private static Response stream(Envelope envelope, TaskStream stream) {
    return Doors.events(stream, event -> wrapped(envelope.id(), event));
  }

  private static byte[] wrapped(@Nullable JsonNode id, byte[] result) {
    var out = new ByteArrayOutputStream(result.length + 64);
    out.writeBytes("{\"jsonrpc\":\"2.0\",\"id\":".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(id == null ? "null".getBytes(StandardCharsets.US_ASCII) : Json.bytes(id));
    out.writeBytes(",\"result\":".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(result);
    out.write('}');
    return out.toByteArray();
  }
}
