package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.EventStream;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.problem.Refused;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An MCP server at one path, for both eras of clients. It knows nothing of a hub: what it offers,
/// and who may call, is given. It keeps no sessions.
public final class McpServer {
  private static final Logger LOG = System.getLogger(McpServer.class.getName());
  private static final String STREAM = "text/event-stream";
  private static final Response ACCEPTED = new Response.Whole(202, Map.of(), new byte[0]);

  private final McpOffer offer;
  private final Selection everything;
  private final String path;
  private final Supplier<String> url;
  private final Function<Request, McpCaller> gate;
  private final Hosts hosts;
  private final Methods methods;
  private final Listening listening;
  private final Asking asking;

  /// A server that listens nowhere yet.
  ///
  /// @param path where it will be
  /// @param url how the hub is reached, without a path
  /// @param gate says who calls, or refuses
  public McpServer(
      McpOffer offer,
      String path,
      Supplier<String> url,
      Function<Request, McpCaller> gate,
      InstantSource clock,
      SecureRandom random) {
    this.offer = offer;
    this.everything = Selection.of(Optional.empty(), offer.toolsets());
    this.path = path;
    this.url = url;
    this.gate = gate;
    this.hosts = new Hosts(url);
    this.methods = new Methods(offer, new RequestState(random, clock));
    this.listening = new Listening(offer);
    this.asking = new Asking(random);
  }

  /// Adds its routes.
  public void addTo(Router router) {
    router.post(path, this::post).getOnly(path, this::get);
  }

  /// Tells clients that the list of tools is another now.
  public void toolsChanged() {
    listening.toolsChanged();
  }

  /// Tells clients that the list of prompts is another now.
  public void promptsChanged() {
    listening.promptsChanged();
  }

  private Response post(Request request) {
    hosts.check(request);
    Rpc rpc;
    try {
      rpc = Rpc.read(request.json());
    } catch (RpcError error) {
      return Response.json(error.status(), McpJson.bytes(error.message(null)));
    }
    McpCaller caller;
    try {
      caller = gate.apply(request);
    } catch (Refused refused) {
      return challenge(request, refused);
    }
    return switch (rpc) {
      case Rpc.Ask ask -> {
        try {
          yield answer(request, caller, ask);
        } catch (RpcError error) {
          yield Response.json(error.status(), McpJson.bytes(error.message(ask.id())));
        }
      }
      case Rpc.Tell _ -> ACCEPTED;
      case Rpc.Reply reply -> {
        asking.answer(caller, reply);
        yield ACCEPTED;
      }
    };
  }

  private Response answer(Request request, McpCaller caller, Rpc.Ask ask) {
    Optional<String> chosen = request.query("toolsets");
    Selection selection = chosen.isEmpty() ? everything : Selection.of(chosen, offer.toolsets());
    Era era = Era.of(request, ask.params());
    if (era == Era.MODERN) {
      Era.check(request, ask);
      Tool tool = tool(selection, ask);
      if (tool != null) {
        Headers.agree(request, tool, ask.params().path("arguments"));
      }
    }
    var exchange = new Exchange(caller, era, selection, ask, Reports.NONE);
    if (exchange.isModern() && ask.method().equals("subscriptions/listen")) {
      return listening.listen(exchange);
    }
    return isReporting(exchange) && accepts(request)
        ? new Response.Events(stream -> run(exchange, stream), caller.hold().get())
        : Response.json(200, McpJson.bytes(answered(exchange)));
  }

  private ObjectNode answered(Exchange exchange) {
    ObjectNode message = McpJson.object();
    message.put("jsonrpc", "2.0");
    message.set("id", exchange.ask().id());
    message.set("result", exchange.isModern() ? modern(exchange) : legacy(exchange));
    return message;
  }

  private ObjectNode modern(Exchange exchange) {
    if (!exchange.method().equals("server/discover")) {
      return methods.answer(exchange);
    }
    ObjectNode result = McpJson.object();
    result.putArray("supportedVersions").add(Era.VERSION);
    result.set("capabilities", offer.capabilities());
    result.put("instructions", offer.instructions());
    return methods.cacheable(exchange, methods.finished(exchange, result), methods.listTtlMs());
  }

  private ObjectNode legacy(Exchange exchange) {
    return switch (exchange.method()) {
      case "initialize" -> initialize(exchange.params());
      case "ping" -> McpJson.object();
      case "resources/subscribe" -> listening.subscribe(exchange, true);
      case "resources/unsubscribe" -> listening.subscribe(exchange, false);
      case "logging/setLevel" -> {
        if (!offer.isLogging()) {
          throw RpcError.unknownMethod(exchange.method(), 200);
        }
        yield McpJson.object();
      }
      default -> methods.answer(exchange);
    };
  }

  private ObjectNode initialize(ObjectNode params) {
    String asked = params.path("protocolVersion").asString("");
    ObjectNode result = McpJson.object();
    result.put(
        "protocolVersion",
        Era.LEGACY_VERSIONS.contains(asked) ? asked : Era.LEGACY_VERSIONS.getFirst());
    result.set("capabilities", offer.capabilities());
    result.set("serverInfo", offer.info());
    result.put("instructions", offer.instructions());
    return result;
  }

  /// Whether the call may have more to say than its answer. A modern client says so in its request.
  private boolean isReporting(Exchange exchange) {
    boolean mayHear =
        !exchange.isModern()
            || exchange.meta().has("progressToken")
            || exchange.meta().has(Era.META_LOG_LEVEL);
    Tool tool = tool(exchange.selection(), exchange.ask());
    return mayHear && tool != null && tool.isReporting();
  }

  /// The tool that is called, if one is.
  private static @Nullable Tool tool(Selection selection, Rpc.Ask ask) {
    return ask.method().equals("tools/call")
        ? selection.tools().get(ask.params().path("name").asString(""))
        : null;
  }

  private static boolean accepts(Request request) {
    return String.join(",", request.headers("Accept")).contains(STREAM);
  }

  /// On the event loop: the call itself runs on a thread that may block.
  private void run(Exchange exchange, EventStream stream) {
    Reports reports =
        new Reports() {
          @Override
          public void tell(String method, ObjectNode params) {
            send(Listening.notification(method, params));
          }

          @Override
          public JsonNode ask(ObjectNode request) {
            return asking.ask(exchange.caller(), request, this::send);
          }

          private void send(ObjectNode message) {
            stream.send("message", McpJson.bytes(message));
          }
        };
    var reporting =
        new Exchange(
            exchange.caller(), exchange.era(), exchange.selection(), exchange.ask(), reports);
    var _ =
        Thread.startVirtualThread(() -> {
          stream.send("message", McpJson.bytes(answeredOrNot(reporting)));
          stream.finish();
        });
  }

  private ObjectNode answeredOrNot(Exchange exchange) {
    try {
      return answered(exchange);
    } catch (RpcError error) {
      return error.message(exchange.ask().id());
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "A call of a tool failed", failure);
      return new RpcError(RpcError.INTERNAL, 200, "The hub failed; its log says why", null)
          .message(exchange.ask().id());
    }
  }

  /// The stream of changes of the older era; the modern one has none by GET.
  private Response get(Request request) {
    hosts.check(request);
    if (Era.of(request) == Era.MODERN || !accepts(request)) {
      return Problems.wrongMethod(Set.of("POST"));
    }
    try {
      return listening.stream(gate.apply(request));
    } catch (Refused refused) {
      return challenge(request, refused);
    }
  }

  /// Says how to be let in (RFC 6750 §3, RFC 9728 §5.1).
  private Response challenge(Request request, Refused refused) {
    String error =
        switch (refused.type().status()) {
          case 401 -> request.header("Authorization").isEmpty() ? "" : "error=\"invalid_token\", ";
          case 403 -> "error=\"insufficient_scope\", ";
          default -> throw refused;
        };
    String metadata = url.get() + ProtectedResource.PATH + path;
    return Problems.response(refused)
        .with("WWW-Authenticate", "Bearer " + error + "resource_metadata=\"" + metadata + "\"");
  }
}
