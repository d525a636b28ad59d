package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers the methods that both eras have in common, in the form of each.
final class Methods {
  private static final int ROUNDS_MAX = 8;
  private static final int COMPLETIONS_MAX = 100;
  private static final int LIST_TTL_MS = 300_000;
  private static final Map<String, String> CAPABILITIES =
      Map.of(
          "elicitation/create",
          "elicitation",
          "sampling/createMessage",
          "sampling",
          "roots/list",
          "roots");

  private record Target(String name, ObjectNode arguments, McpHandler handler) {}

  private final McpOffer offer;
  private final RequestState states;

  Methods(McpOffer offer, RequestState states) {
    this.offer = offer;
    this.states = states;
  }

  /// The result of a request.
  ///
  /// @throws RpcError when there is none
  ObjectNode answer(Exchange exchange) {
    return switch (exchange.method()) {
      case "tools/list" ->
          list(
              exchange,
              "tools",
              exchange.selection().tools().values().stream().map(Tool::definition).toList());
      case "resources/list" ->
          list(
              exchange, "resources", offer.resources().stream().map(Resource::definition).toList());
      case "resources/templates/list" ->
          list(
              exchange,
              "resourceTemplates",
              offer.templates().stream().map(ResourceTemplate::definition).toList());
      case "prompts/list" ->
          list(exchange, "prompts", offer.prompts().stream().map(Prompt::definition).toList());
      case "tools/call" -> run(exchange, tool(exchange), true);
      case "prompts/get" -> run(exchange, prompt(exchange), false);
      case "resources/read" -> cacheable(exchange, run(exchange, resource(exchange), false), 0);
      case "completion/complete" -> complete(exchange);
      default -> throw RpcError.unknownMethod(exchange.method(), exchange.isModern() ? 404 : 200);
    };
  }

  /// Adds what the modern era wants in every result.
  ObjectNode finished(Exchange exchange, ObjectNode result) {
    if (exchange.isModern()) {
      result.put("resultType", "complete");
      ObjectNode meta =
          result.get(Era.META) instanceof ObjectNode given ? given : result.putObject(Era.META);
      meta.set("io.modelcontextprotocol/serverInfo", offer.info());
    }
    return result;
  }

  /// Adds how long a result may be kept, and by whom.
  ObjectNode cacheable(Exchange exchange, ObjectNode result, int ttlMs) {
    if (exchange.isModern() && !result.has("inputRequests")) {
      result.put("ttlMs", ttlMs).put("cacheScope", "private");
    }
    return result;
  }

  int listTtlMs() {
    return offer.isChanging() ? 0 : LIST_TTL_MS;
  }

  private ObjectNode list(Exchange exchange, String member, List<ObjectNode> definitions) {
    if (exchange.params().hasNonNull("cursor")) {
      throw RpcError.params("There is one page; cursor is none of this server's");
    }
    ObjectNode result = McpJson.object();
    result.putArray(member).addAll(definitions);
    return cacheable(exchange, finished(exchange, result), listTtlMs());
  }

  private Target tool(Exchange exchange) {
    String name = exchange.text("name");
    Tool tool = exchange.selection().tools().get(name);
    if (tool == null) {
      throw RpcError.params("There is no tool " + name);
    }
    return new Target(name, exchange.object("arguments"), tool.handler());
  }

  private Target prompt(Exchange exchange) {
    String name = exchange.text("name");
    Prompt prompt = prompt(name).orElseThrow(() -> RpcError.params("There is no prompt " + name));
    ObjectNode arguments = exchange.object("arguments");
    for (JsonNode argument : prompt.definition().path("arguments")) {
      String needed = argument.path("name").asString();
      if (argument.path("required").asBoolean(false) && !arguments.path(needed).isString()) {
        throw RpcError.params("The argument " + needed + " is required");
      }
    }
    return new Target(name, arguments, prompt.handler());
  }

  private Optional<Prompt> prompt(String name) {
    return offer.prompts().stream().filter(prompt -> prompt.name().equals(name)).findFirst();
  }

  private Target resource(Exchange exchange) {
    String uri = exchange.text("uri");
    ObjectNode arguments = McpJson.object();
    arguments.put("uri", uri);
    for (Resource resource : offer.resources()) {
      if (resource.uri().equals(uri)) {
        return new Target(uri, arguments, resource.handler());
      }
    }
    for (ResourceTemplate template : offer.templates()) {
      Optional<String> part = template.match(uri);
      if (part.isPresent()) {
        arguments.put(template.part(), part.get());
        return new Target(uri, arguments, template.handler());
      }
    }
    throw unknownResource(exchange, null);
  }

  static RpcError unknownResource(Exchange exchange, @Nullable JsonNode problem) {
    ObjectNode data = McpJson.object();
    data.put("uri", exchange.text("uri"));
    if (problem != null) {
      data.set("problem", problem);
    }
    int code = exchange.isModern() ? RpcError.INVALID_PARAMS : RpcError.UNKNOWN_RESOURCE_LEGACY;
    return new RpcError(code, 200, "There is no such resource", data);
  }

  /// Calls the handler until it has what it asks of the client; a modern client calls again itself.
  private ObjectNode run(Exchange exchange, Target target, boolean isTool) {
    ObjectNode about = McpJson.object();
    about.put("method", exchange.method()).put("name", target.name());
    about.set("arguments", target.arguments());
    ObjectNode responses = exchange.object("inputResponses");
    JsonNode sealed = exchange.params().path("requestState");
    JsonNode state = null;
    if (!sealed.isMissingNode()) {
      state = states.open(exchange.caller(), about, sealed.asString(""));
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
      var call = new McpCall(exchange, target.arguments(), responses, state);
      McpResult result = handle(exchange, target.handler(), call, isTool);
      switch (result) {
        case McpResult.Complete complete -> {
          return finished(exchange, complete.members());
        }
        case McpResult.InputRequired required -> {
          if (exchange.isModern()) {
            return required(exchange, about, required);
          }
          for (Map.Entry<String, ObjectNode> one : required.requests().entrySet()) {
            responses.set(one.getKey(), exchange.reports().ask(one.getValue()));
          }
          state = required.state();
        }
      }
    }
    throw new RpcError(RpcError.INTERNAL, 200, "The client was asked too often", null);
  }

  private static McpResult handle(
      Exchange exchange, McpHandler handler, McpCall call, boolean isTool) {
    try {
      return handler.handle(call);
    } catch (Refused refused) {
      ObjectNode problem = Problems.body(refused);
      if (isTool) {
        return Refusals.failed(problem);
      }
      if (refused.type().status() == 404 && exchange.method().equals("resources/read")) {
        throw unknownResource(exchange, problem);
      }
      ObjectNode data = McpJson.object();
      data.set("problem", problem);
      throw new RpcError(RpcError.INVALID_PARAMS, 200, Refusals.text(problem), data);
    }
  }

  private ObjectNode required(
      Exchange exchange, ObjectNode about, McpResult.InputRequired required) {
    ObjectNode result = McpJson.object();
    result.put("resultType", "input_required");
    ObjectNode requests = result.putObject("inputRequests");
    required
        .requests()
        .forEach((name, request) -> {
          String capability =
              CAPABILITIES.getOrDefault(request.path("method").asString(""), "unknown");
          if (!exchange.clientHas(capability)) {
            throw missingCapability(capability);
          }
          requests.set(name, request);
        });
    if (required.state() != null) {
      result.put("requestState", states.seal(exchange.caller(), about, required.state()));
    }
    return result;
  }

  static RpcError missingCapability(String capability) {
    ObjectNode data = McpJson.object();
    data.putObject("requiredCapabilities").putObject(capability);
    return new RpcError(
        RpcError.MISSING_CAPABILITY, 400, "The client needs the capability " + capability, data);
  }

  private ObjectNode complete(Exchange exchange) {
    ObjectNode ref = exchange.object("ref");
    ObjectNode argument = exchange.object("argument");
    String name = argument.path("name").asString("");
    String typed = argument.path("value").asString("");
    Completer completer =
        switch (ref.path("type").asString("")) {
          case "ref/prompt" ->
              prompt(ref.path("name").asString(""))
                  .map(prompt -> prompt.completers().getOrDefault(name, (_, _) -> List.of()))
                  .orElseThrow(() -> RpcError.params("There is no such prompt"));
          case "ref/resource" ->
              offer.templates().stream()
                  .filter(one -> one.uriTemplate().equals(ref.path("uri").asString("")))
                  .findFirst()
                  .map(ResourceTemplate::completer)
                  .orElseThrow(() -> RpcError.params("There is no such resource template"));
          default -> throw RpcError.params("ref.type must be ref/prompt or ref/resource");
        };
    List<String> values = completer.complete(exchange.caller(), typed);
    ObjectNode result = McpJson.object();
    ObjectNode completion = result.putObject("completion");
    var shown = completion.putArray("values");
    values.stream().limit(COMPLETIONS_MAX).forEach(shown::add);
    completion.put("total", values.size()).put("hasMore", values.size() > COMPLETIONS_MAX);
    return finished(exchange, result);
  }
}
