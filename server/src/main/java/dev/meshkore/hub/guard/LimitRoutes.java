package dev.meshkore.hub.guard;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ budgets of messages.
final class LimitRoutes {
  private static final long WINDOW_SECONDS_MAX = Duration.ofDays(366).toSeconds();
  private static final Pattern SCOPE =
      Pattern.compile("hub|(agent|channel|thread|owner):[A-Za-z0-9._~-]{1,200}");
  private static final Pattern PAIR =
      Pattern.compile("pair:([A-Za-z0-9._~-]{1,100}),([A-Za-z0-9._~-]{1,100})");

  private final Database database;
  private final Audit audit;
  private final Callers callers;
  private final Orders orders;
  private final Budgets budgets;

  LimitRoutes(Guard.Parts parts, Orders orders, Budgets budgets) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.callers = parts.callers();
    this.orders = orders;
    this.budgets = budgets;
  }

  void addTo(Router router) {
    router
        .get("/limits", callers.any(this::limits))
        .add("PUT", "/limits/{scope}", callers.admin(this::set))
        .add("DELETE", "/limits/{scope}", callers.admin(this::remove));
  }

  private Response limits(Request request, Caller caller) {
    List<String> scopes =
        switch (caller) {
          case Caller.Admin _ -> orders.now().budgetScopes().stream().sorted().toList();
          case Caller.OfOwner owner -> List.of(Scopes.HUB, "owner:" + owner.id());
          case Caller.OfAgent agent -> List.of(Scopes.HUB, Scopes.agent(agent.id()));
        };
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("limits");
    for (String scope : scopes) {
      database.read(reader -> budgets.of(reader, scope)).forEach(budget -> list.add(json(budget)));
    }
    return Response.json(200, answer);
  }

  private Response set(Request request) {
    Fields fields = request.fields();
    long limit = fields.number("limit", 0, Long.MAX_VALUE / 4);
    long seconds = fields.number("window_seconds", 0, 0, WINDOW_SECONDS_MAX);
    boolean isRolling = fields.flag("rolling", false);
    fields.end();
    String scope = scope(request);
    Duration length = Duration.ofSeconds(seconds);
    Budget.Window window =
        seconds == 0
            ? Budget.Window.ENDLESS
            : isRolling ? Budget.Window.rolling(length) : Budget.Window.fixed(length);
    orders.change(transaction -> {
      budgets.set(transaction, scope, Limits.UNIT, window, limit);
      audit.record(
          transaction,
          Leaf.of("limit.set", "admin", scope)
              .with("limit", limit)
              .with("window_seconds", seconds));
      return true;
    });
    return Response.json(200, limitsOf(scope));
  }

  private Response remove(Request request) {
    long seconds = request.query("window_seconds", 0, 0, WINDOW_SECONDS_MAX);
    String scope = scope(request);
    orders.change(transaction -> {
      audit.record(
          transaction, Leaf.of("limit.removed", "admin", scope).with("window_seconds", seconds));
      return budgets.remove(
          transaction, scope, Limits.UNIT, Duration.ofSeconds(seconds).toMillis());
    });
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private ObjectNode limitsOf(String scope) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("limits");
    database.read(reader -> budgets.of(reader, scope)).forEach(budget -> list.add(json(budget)));
    return answer;
  }

  private static String scope(Request request) {
    String scope = request.name("scope");
    Matcher pair = PAIR.matcher(scope);
    if (pair.matches()) {
      return Scopes.pair(pair.group(1), pair.group(2));
    }
    if (!SCOPE.matcher(scope).matches()) {
      throw Refused.field(
          "scope", "scope must be hub, or agent:, pair:, channel:, thread: or owner: and a name");
    }
    return scope;
  }

  private static ObjectNode json(Budget budget) {
    ObjectNode json = Json.object();
    json.put("scope", budget.scope());
    json.put("unit", budget.unit());
    json.put("window", budget.window().kind().name().toLowerCase(Locale.ROOT));
    json.put("window_seconds", budget.window().ms() / 1_000);
    json.put("limit", budget.cap());
    json.put("used", budget.used());
    json.put("reserved", budget.reserved());
    json.put("remaining", budget.remaining());
    budget
        .window()
        .endOf(budget.windowStart())
        .ifPresent(end -> json.put("resets_at", Rfc3339.text(end)));
    return json;
  }
}
