package dev.meshkore.hub.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// The kill switch. A stop takes effect with its commit: no message of its scope commits after it.
/// Whoever is stopped can still read and acknowledge its inbox, so that it can be told why, and
/// what others write to it is kept. Thread-safe.
public final class Stops implements SendRule {
  private final Database database;
  private final Audit audit;
  private final Orders orders;
  private final Agents agents;
  private final Notices notices;
  private final Supplier<Persons> persons;
  private final InstantSource clock;

  Stops(Guard.Parts parts, Orders orders, Supplier<Persons> persons, InstantSource clock) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.orders = orders;
    this.agents = parts.agents();
    this.notices = parts.notices();
    this.persons = persons;
    this.clock = clock;
  }

  /// Stops an agent, or the whole hub; returns after no message of it can commit any more. Of two
  /// stops of the same the first counts, but the operator's before any other.
  ///
  /// @param agent the agent's number, or 0 for the hub
  /// @param by who orders it
  public void stop(long agent, String reason, String by) {
    stop(new Orders.Stop(scope(agent), agent, reason, by, clock.millis()));
  }

  /// Stops all agents of an owner, also those that it holds later.
  ///
  /// @param owner what the owner is called
  void stopAll(String owner, String reason, String by) {
    stop(new Orders.Stop(owner, Orders.Stop.OF_OWNER, reason, by, clock.millis()));
  }

  private void stop(Orders.Stop wanted) {
    Leaf leaf =
        Leaf.of("stopped", wanted.by(), actedOn(wanted.scope()))
            .about(wanted.reason().getBytes(UTF_8));
    boolean isNew =
        orders.changeIfAny(transaction -> {
          boolean isPut = SqlOrders.putStop(transaction, wanted);
          if (isPut) {
            audit.record(transaction, leaf);
            tellOwner(transaction, wanted.scope(), wanted.by(), notice("stopped", wanted));
          }
          return isPut;
        });
    if (isNew) {
      ObjectNode frame = Json.object().put("type", "stopped");
      frame.put("scope", wanted.scope()).put("reason", wanted.reason());
      tell(wanted.scope(), frame, notice("stopped", wanted));
    }
  }

  /// Lets an agent, or the hub, go on. What the operator stopped only the operator lets go on.
  ///
  /// @return false where nothing was changed
  public boolean resume(long agent, String by) {
    return resume(scope(agent), by);
  }

  /// The same for all agents of an owner; an agent that was stopped by itself stays so.
  boolean resumeAll(String owner, String by) {
    return resume(owner, by);
  }

  private boolean resume(String scope, String by) {
    Leaf leaf = Leaf.of("resumed", by, actedOn(scope));
    ObjectNode notice = Json.object().put("notice", "resumed").put("scope", scope);
    boolean wasStopped =
        orders.changeIfAny(transaction -> {
          boolean isDeleted = SqlOrders.deleteStop(transaction, scope, by);
          if (isDeleted) {
            audit.record(transaction, leaf);
            tellOwner(transaction, scope, by, notice);
          }
          return isDeleted;
        });
    if (wasStopped) {
      tell(scope, Json.object().put("type", "resumed").put("scope", scope), notice);
    }
    return wasStopped;
  }

  /// Refuses what a stopped agent asks for; of nobody, which is 0, where the hub is stopped.
  public void checkActing(long agent) {
    refuseIf(of(agent));
  }

  /// The same as of a transaction that [SendRules#begin] began.
  public void checkActing(Transaction transaction, long agent) throws SQLException {
    refuseIf(of(transaction, orders.now(), agent));
  }

  /// Refuses to let an owner give up an agent while somebody else stops all that it holds: who is
  /// given up would go on.
  ///
  /// @param owner what the owner is called
  public void checkRelease(Transaction transaction, String owner) throws SQLException {
    orders.begin(transaction);
    Orders.Stop stop = orders.now().owners().get(owner);
    if (stop != null && !stop.by().equals(owner)) {
      throw refusal(stop, "All your agents were stopped; until they go on you release none");
    }
  }

  List<Orders.Stop> all() {
    Orders.Now now = orders.now();
    var all = new ArrayList<Orders.Stop>(now.owners().values());
    all.addAll(now.stops().values());
    if (now.hub() != null) {
      all.addFirst(now.hub());
    }
    return all;
  }

  /// What stops an agent.
  List<Orders.Stop> of(long agent) {
    Orders.Now now = orders.now();
    if (now.stopOf(agent) == null && !now.owners().isEmpty()) {
      return database.read(reader -> of(reader, now, agent));
    }
    Orders.Stop stop = now.stopOf(agent);
    return stop == null ? List.of() : List.of(stop);
  }

  private List<Orders.Stop> of(Transaction reader, Orders.Now now, long agent) throws SQLException {
    Orders.Stop stop = now.stopOf(agent);
    if (stop == null && !now.owners().isEmpty()) {
      stop = persons.get().ownerOf(reader, agent).map(now.owners()::get).orElse(null);
    }
    return stop == null ? List.of() : List.of(stop);
  }

  @Override
  public void begin(Transaction transaction) throws SQLException {
    orders.begin(transaction);
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    Orders.Now now = orders.now();
    return !now.owners().isEmpty() || now.stopOf(sender) != null;
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    refuseIf(of(transaction, orders.now(), letter.sender()));
  }

  private static void refuseIf(List<Orders.Stop> stops) {
    if (!stops.isEmpty()) {
      throw refusal(stops.getFirst());
    }
  }

  private static String actedOn(String scope) {
    return scope.substring(scope.indexOf(':') + 1);
  }

  private String scope(long agent) {
    return agent == 0 ? Scopes.HUB : Scopes.agent(agents.idOf(agent));
  }

  /// An owner reads of what somebody else did to its agents.
  private void tellOwner(Transaction transaction, String scope, String by, ObjectNode notice)
      throws SQLException {
    Optional<String> owner = Optional.of(scope).filter(one -> one.startsWith(Scopes.OWNER));
    for (String agent : Scopes.agentsIn(scope)) {
      OptionalLong number = agents.numberOf(agent);
      owner =
          number.isPresent()
              ? persons.get().ownerOf(transaction, number.getAsLong())
              : Optional.empty();
    }
    if (owner.isPresent() && !owner.get().equals(by)) {
      persons.get().tell(transaction, owner.get(), notice);
    }
  }

  private void tell(String scope, ObjectNode frame, ObjectNode notice) {
    if (scope.equals(Scopes.HUB)) {
      notices.live(0, frame);
      return;
    }
    List<Long> concerned =
        scope.startsWith(Scopes.OWNER)
            ? persons.get().heldBy(scope).orElse(List.of())
            : Scopes.agentsIn(scope).stream()
                .map(agents::numberOf)
                .flatMap(number -> number.stream().boxed())
                .toList();
    for (long agent : concerned) {
      notices.live(agent, frame);
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
    return refusal(
        stop,
        switch (Long.signum(stop.agent())) {
          case 0 -> "The whole hub was stopped";
          case 1 -> "You were stopped";
          default -> "All agents of your owner were stopped";
        });
  }

  private static Refused refusal(Orders.Stop stop, String detail) {
    Map<String, Object> members = Map.of("scope", stop.scope(), "reason", stop.reason());
    return new Refused(ProblemType.STOPPED, detail, members);
  }
}
