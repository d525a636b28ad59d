package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.guard.Take;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Lets an agent whose owner requires mandates do what one of them allows, and no more. Agents of
/// other owners pay for a look into a set. Thread-safe.
final class MandateRule implements SendRule {
  private static final int MANDATES_MAX = 100;

  private final Database database;
  private final Budgets budgets;
  private final Trust trust;
  private final InstantSource time;

  /// Who may be ruled. Nobody is taken away: who is here in vain costs a look into the database,
  /// where it is decided.
  private final Set<Long> ruled = ConcurrentHashMap.newKeySet();

  MandateRule(Database database, Budgets budgets, Trust trust, InstantSource time) {
    this.database = database;
    this.budgets = budgets;
    this.trust = trust;
    this.time = time;
  }

  /// Reads again whose owners require mandates. Only who is ruled is kept in memory; what the
  /// mandates say is read where it is asked for.
  void reload() {
    ruled.addAll(database.read(SqlOwners::ruled));
  }

  /// Looks into the database for this agent from now on.
  void mayConcern(long agent) {
    ruled.add(agent);
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return !ruled.isEmpty() && ruled.contains(sender);
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    if (!isRuled(transaction, letter.sender())) {
      return;
    }
    String to = letter.to();
    boolean isChannel = letter.channel() != 0;
    boolean isOutside = to != null && AgentId.isOutside(to);
    CallGroup group =
        isChannel ? CallGroup.CHANNELS : isOutside ? CallGroup.OUTSIDE : CallGroup.SEND;
    String route = isChannel ? "POST /channels/{channel_id}/send" : "POST /send";
    String counterparty = isChannel ? "#" + letter.channelId() : String.valueOf(to);
    var wish = new Wish(group.word(), route, Optional.of(counterparty), letter.recipient());
    Refused exhausted = null;
    for (List<Mandate> chain : allowing(transaction, letter.sender(), wish)) {
      try {
        budgets.spend(transaction, takes(chain));
        return;
      } catch (Refused refused) {
        exhausted = exhausted == null ? refused : exhausted;
      }
    }
    throw exhausted == null ? required(wish) : exhausted;
  }

  /// Refuses what an agent asks for, where no mandate allows it.
  void check(Request request, Caller.OfAgent caller) {
    if (!ruled.contains(caller.number()) || CallGroup.isFree(request.route())) {
      return;
    }
    String route = request.route().method() + " " + request.route().pattern();
    Optional<String> counterparty =
        route.contains("{channel_id}")
            ? Optional.of("#" + request.name("channel_id"))
            : Optional.empty();
    var wish = new Wish(CallGroup.of(request.route()), route, counterparty, 0);
    boolean isAllowed =
        database.read(reader ->
            !isRuled(reader, caller.number())
                || !allowing(reader, caller.number(), wish).isEmpty());
    if (!isAllowed) {
      throw required(wish);
    }
  }

  /// What an agent wants to do.
  ///
  /// @param group the word for it, or ""
  /// @param route the route for it
  /// @param counterparty with whom, if with somebody
  /// @param recipient the number of the agent it is with, or 0
  private record Wish(String group, String route, Optional<String> counterparty, long recipient) {}

  /// The mandates, each with all before it, that allow a wish.
  private List<List<Mandate>> allowing(Transaction transaction, long agent, Wish wish)
      throws SQLException {
    Instant now = time.instant();
    TrustLevel level =
        wish.recipient() == 0 ? TrustLevel.NEW : trust.of(transaction, wish.recipient());
    var allowing = new ArrayList<List<Mandate>>();
    for (Mandate mandate : SqlMandates.live(transaction, agent, now, MANDATES_MAX)) {
      if (allows(mandate, wish, level)) {
        List<Mandate> chain = Mandates.chain(transaction, mandate, now);
        if (!chain.isEmpty() && chain.stream().allMatch(one -> allows(one, wish, level))) {
          allowing.add(chain);
        }
      }
    }
    return allowing;
  }

  private static boolean allows(Mandate mandate, Wish wish, TrustLevel level) {
    Grants grants = mandate.grants();
    boolean isCallAllowed =
        grants.allowCall(wish.route())
            || (!wish.group().isEmpty() && grants.allowCall(wish.group()));
    return isCallAllowed
        && wish.counterparty().map(who -> grants.counterparties().allow(who, level)).orElse(true);
  }

  private static List<Take> takes(List<Mandate> chain) {
    return chain.stream().map(one -> new Take(one.scope(), Mandates.MESSAGES, 1)).toList();
  }

  private static boolean isRuled(Transaction reader, long agent) throws SQLException {
    OptionalLong owner = SqlOwners.ownerOf(reader, agent);
    return owner.isPresent()
        && SqlOwners.get(reader, owner.getAsLong()).map(Owner::requiresMandates).orElse(false);
  }

  private static Refused required(Wish wish) {
    String call = wish.group().isEmpty() ? wish.route() : wish.group();
    String with = wish.counterparty().map(who -> " with " + who).orElse("");
    return new Refused(
        ProblemType.MANDATE_REQUIRED,
        "Your owner requires a mandate, and none that you hold allows " + call + with,
        wish.counterparty()
            .<Map<String, Object>>map(who -> Map.of("call", call, "counterparty", who))
            .orElse(Map.of("call", call)));
  }
}
