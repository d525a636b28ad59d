package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.EventStream;
import dev.meshkore.hub.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The streams on which clients hear of changes. Thread-safe.
final class Listening {
  private static final String TOOLS = "toolsListChanged";
  private static final String PROMPTS = "promptsListChanged";
  private static final String RESOURCES = "resourcesListChanged";
  private static final String URIS = "resourceSubscriptions";
  private static final int URIS_MAX = 100;
  private static final Map<String, String> NOTIFICATIONS =
      Map.of(
          TOOLS,
          "notifications/tools/list_changed",
          PROMPTS,
          "notifications/prompts/list_changed",
          RESOURCES,
          "notifications/resources/list_changed");

  private record Listener(
      EventStream stream, Predicate<String> wantsList, @Nullable JsonNode subscriptionId) {
    void tell(String method, ObjectNode params) {
      if (subscriptionId != null) {
        params.putObject(Era.META).set("io.modelcontextprotocol/subscriptionId", subscriptionId);
      }
      stream.send("message", McpJson.bytes(notification(method, params)));
    }
  }

  private final McpOffer offer;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

  /// What callers of the older era asked to hear of, by caller.
  private final Map<String, Set<String>> subscribed = new ConcurrentHashMap<>();

  Listening(McpOffer offer) {
    this.offer = offer;
  }

  /// `subscriptions/listen`: says first what will be told, then tells it until the client leaves.
  Response listen(Exchange exchange) {
    ObjectNode asked = exchange.object("notifications");
    ObjectNode granted = McpJson.object();
    for (String list : NOTIFICATIONS.keySet()) {
      if (offer.isChanging() && asked.path(list).asBoolean(false)) {
        granted.put(list, true);
      }
    }
    List<Resource> watched = watched(asked.path(URIS));
    if (!watched.isEmpty()) {
      var uris = granted.putArray(URIS);
      watched.forEach(resource -> uris.add(resource.uri()));
    }
    Runnable hold = exchange.caller().hold().get();
    return new Response.Events(
        stream -> {
          var listener = new Listener(stream, granted::has, exchange.ask().id());
          ObjectNode params = McpJson.object();
          params.set("notifications", granted);
          listener.tell("notifications/subscriptions/acknowledged", params);
          start(exchange.caller(), listener, watched, _ -> true);
        },
        hold);
  }

  private List<Resource> watched(JsonNode uris) {
    if (uris.size() > URIS_MAX) {
      throw RpcError.params(URIS + " may have " + URIS_MAX + " entries");
    }
    var watched = new ArrayList<Resource>();
    for (JsonNode uri : uris) {
      offer.resources().stream()
          .filter(one -> one.uri().equals(uri.asString("")) && !watched.contains(one))
          .forEach(watched::add);
    }
    return watched;
  }

  /// The stream of a client of the older era: changes of what the caller subscribed to.
  Response stream(McpCaller caller) {
    Runnable hold = caller.hold().get();
    return new Response.Events(
        stream ->
            start(
                caller,
                new Listener(stream, _ -> true, null),
                offer.resources(),
                uri -> subscribed.getOrDefault(caller.id(), Set.of()).contains(uri)),
        hold);
  }

  /// `resources/subscribe` and its opposite, of the older era.
  ObjectNode subscribe(Exchange exchange, boolean isWanted) {
    String uri = exchange.text("uri");
    if (offer.resources().stream().noneMatch(one -> one.uri().equals(uri))) {
      throw Methods.unknownResource(exchange, null);
    }
    Set<String> uris =
        subscribed.computeIfAbsent(exchange.caller().id(), _ -> ConcurrentHashMap.newKeySet());
    var _ = isWanted ? uris.add(uri) : uris.remove(uri);
    return McpJson.object();
  }

  /// Tells who listens that the list of tools is another now.
  void toolsChanged() {
    changed(TOOLS);
  }

  /// Tells who listens that the list of prompts is another now.
  void promptsChanged() {
    changed(PROMPTS);
  }

  private void changed(String list) {
    String method = NOTIFICATIONS.getOrDefault(list, list);
    listeners.stream()
        .filter(listener -> listener.wantsList().test(list))
        .forEach(listener -> listener.tell(method, McpJson.object()));
  }

  /// On the event loop of the stream.
  private void start(
      McpCaller caller, Listener listener, List<Resource> watched, Predicate<String> isWanted) {
    var ends = new ArrayList<Runnable>();
    listeners.add(listener);
    ends.add(() -> listeners.remove(listener));
    for (Resource resource : watched) {
      ends.add(
          resource
              .watch()
              .start(
                  caller,
                  () -> {
                    if (isWanted.test(resource.uri())) {
                      ObjectNode params = McpJson.object();
                      params.put("uri", resource.uri());
                      listener.tell("notifications/resources/updated", params);
                    }
                  }));
    }
    listener.stream().onClose(() -> ends.forEach(Runnable::run));
  }

  static ObjectNode notification(String method, ObjectNode params) {
    ObjectNode message = McpJson.object();
    message.put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    return message;
  }
}
