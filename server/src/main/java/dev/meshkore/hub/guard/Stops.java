package dev.meshkore.hub.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The kill switch. A stop takes effect with its commit: no message of its scope commits after it.
/// Whoever is stopped can still read and acknowledge its inbox, so that it can be told why, and
/// what others write to it is kept. Thread-safe.
public final class Stops implements SendRule {
  private final Audit audit;
  private final Orders orders;
  private final Agents agents;
  private final Notices notices;
  private final InstantSource clock;

  Stops(Audit audit, Orders orders, Agents agents, Notices notices, InstantSource clock) {
    this.audit = audit;
    this.orders = orders;
    this.agents = agents;
    this.notices = notices;
    this.clock = clock;
  }

  /// Stops an agent, or the whole hub; returns after no message of it can commit any more. Of two
  /// stops of the same the first counts, but the operator's before any other.
  ///
  /// @param agent the agent's number, or 0 for the hub
  /// @param by who orders it
  public void stop(long agent, String reason, String by) {
    String scope = scope(agent);
    var wanted = new Orders.Stop(scope, agent, reason, by, clock.millis());
    Leaf leaf = Leaf.of("stopped", by, actedOn(agent)).about(reason.getBytes(UTF_8));
    boolean isNew =
        orders.change(transaction -> {
          boolean isPut = SqlOrders.putStop(transaction, wanted);
          if (isPut) {
            audit.record(transaction, leaf);
          }
          return isPut;
        });
    if (isNew) {
      ObjectNode frame = Json.object().put("type", "stopped");
      frame.put("scope", scope).put("reason", reason);
      notices.live(agent, frame);
      tell(agent, notice("stopped", wanted));
    }
  }

  /// Lets an agent, or the hub, go on. What the operator stopped only the operator lets go on.
  ///
  /// @return false where nothing was changed
  public boolean resume(long agent, String by) {
    String scope = scope(agent);
    Leaf leaf = Leaf.of("resumed", by, actedOn(agent));
    boolean wasStopped =
        orders.change(transaction -> {
          boolean isDeleted = SqlOrders.deleteStop(transaction, scope, by);
          if (isDeleted) {
            audit.record(transaction, leaf);
          }
          return isDeleted;
        });
    if (wasStopped) {
      notices.live(agent, Json.object().put("type", "resumed").put("scope", scope));
      tell(agent, Json.object().put("notice", "resumed").put("scope", scope));
    }
    return wasStopped;
  }

  /// Refuses what a stopped agent asks for.
  void checkActing(long agent) {
    Orders.Stop stop = orders.now().stopOf(agent);
    if (stop != null) {
      throw refusal(stop);
    }
  }

  List<Orders.Stop> all() {
    Orders.Now now = orders.now();
    var all = new ArrayList<Orders.Stop>(now.stops().values());
    if (now.hub() != null) {
      all.addFirst(now.hub());
    }
    return all;
  }

  /// What stops an agent.
  List<Orders.Stop> of(long agent) {
    Orders.Stop stop = orders.now().stopOf(agent);
    return stop == null ? List.of() : List.of(stop);
  }

  @Override
  public void begin(Transaction transaction) throws SQLException {
    orders.begin(transaction);
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return orders.now().stopOf(sender) != null;
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations) {
    checkActing(letter.sender());
  }

  private String actedOn(long agent) {
    return agent == 0 ? Scopes.HUB : agents.idOf(agent);
  }

  private String scope(long agent) {
    return agent == 0 ? Scopes.HUB : Scopes.agent(agents.idOf(agent));
  }

  private void tell(long agent, ObjectNode notice) {
    if (agent != 0) {
      notices.tell(agents.idOf(agent), notice);
    }
  }

  private static ObjectNode notice(String what, Orders.Stop stop) {
    return Json.object()
        .put("notice", what)
        .put("scope", stop.scope())
        .put("reason", stop.reason())
        .put("at", Rfc3339.text(stop.atMs()))
        .put("what_to_do", "Stop what you are doing. You can read your inbox; you cannot send.");
  }

  private static Refused refusal(Orders.Stop stop) {
    return new Refused(
        ProblemType.STOPPED,
        stop.agent() == 0 ? "The whole hub was stopped" : "You were stopped",
        Map.of("scope", stop.scope(), "reason", stop.reason()));
  }
}
