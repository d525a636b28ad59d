package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What payments come to: for each two agents what one has paid the other on balance, and for each
/// agent what it has paid and was paid.
final class Nets {
  /// Two agents, the first in the order of their ids before the other.
  private record Pair(String one, String other) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair pair) {
      int first = one.compareTo(pair.one);
      return first == 0 ? other.compareTo(pair.other) : first;
    }
  }

  /// What an agent has paid and was paid.
  private static final class Position {
    private long paid;
    private long received;
  }

  private final Map<Pair, Long> pairs = new TreeMap<>();
  private final Map<String, Position> positions = new TreeMap<>();

  /// The nets of payments.
  ///
  /// @param idOf names agents
  static Nets of(List<BatchedPayment> payments, LongFunction<String> idOf) {
    var nets = new Nets();
    for (BatchedPayment payment : payments) {
      nets.add(idOf.apply(payment.payer()), idOf.apply(payment.payee()), payment.atoms());
    }
    return nets;
  }

  private void add(String payer, String payee, long atoms) {
    boolean isInOrder = payer.compareTo(payee) < 0;
    Pair pair = isInOrder ? new Pair(payer, payee) : new Pair(payee, payer);
    pairs.merge(pair, isInOrder ? atoms : -atoms, Math::addExact);
    Position from = positions.computeIfAbsent(payer, _ -> new Position());
    from.paid = Math.addExact(from.paid, atoms);
    Position to = positions.computeIfAbsent(payee, _ -> new Position());
    to.received = Math.addExact(to.received, atoms);
  }

  /// How much would have to move if every agent settled with all others at once.
  long atoms() {
    return positions.values().stream()
        .mapToLong(position -> Math.max(0, position.received - position.paid))
        .sum();
  }

  /// As JSON; amounts are texts, because a sum may be more than a number of JSON holds.
  ObjectNode json() {
    ObjectNode json = Json.object();
    ArrayNode between = json.putArray("pairs");
    pairs.forEach((pair, atoms) -> {
      if (atoms != 0) {
        between
            .addObject()
            .put("from", atoms > 0 ? pair.one() : pair.other())
            .put("to", atoms > 0 ? pair.other() : pair.one())
            .put("atoms", Long.toString(Math.abs(atoms)));
      }
    });
    ArrayNode agents = json.putArray("agents");
    positions.forEach((agent, position) ->
        agents
            .addObject()
            .put("agent_id", agent)
            .put("paid_atoms", Long.toString(position.paid))
            .put("received_atoms", Long.toString(position.received)));
    return json;
  }

  /// Of nets as they are stored, what concerns an agent.
  static ObjectNode of(String agent, ObjectNode nets) {
    ObjectNode json = Json.object();
    keep(json, nets, "pairs", row -> is(row, "from", agent) || is(row, "to", agent));
    keep(json, nets, "agents", row -> is(row, "agent_id", agent));
    return json;
  }

  private static void keep(
      ObjectNode json, ObjectNode nets, String name, Predicate<JsonNode> isKept) {
    ArrayNode rows = json.putArray(name);
    nets.path(name).valueStream().filter(isKept).forEach(rows::add);
  }

  private static boolean is(JsonNode row, String name, String agent) {
    return row.path(name).asString("").equals(agent);
  }
}
