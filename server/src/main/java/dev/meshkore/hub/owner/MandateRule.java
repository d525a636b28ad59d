package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.guard.Take;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Lets an agent whose owner requires mandates do what one of them allows, and no more. Agents of
/// other owners pay for a look into a set. Thread-safe.
final class MandateRule implements SendRule {
  private static final int MANDATES_MAX = 100;

  private final Database database;
  private final Agents agents;
  private final Budgets budgets;
  private final Trust trust;
  private final InstantSource time;

  /// Who may be ruled. Nobody is taken away: who is here in vain costs a look into the database,
  /// where it is decided.
  private final Set<Long> ruled = ConcurrentHashMap.newKeySet();

  MandateRule(OwnerParts parts, Trust trust) {
    this.database = parts.database();
    this.agents = parts.agents();
    this.budgets = parts.budgets();
    this.trust = trust;
    this.time = parts.time();
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
    SendRule.Act act = letter.act();
    boolean isPayment = act != null && act.isPayment();
    if (isPayment || !isRuled(transaction, letter.sender())) {
      // What pays is asked of the mandates that say how much may be spent.
      return;
    }
    Wish wish = Wish.of(letter);
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
    Wish wish = Wish.of(request, caller, agents);
    boolean isAllowed =
        database.read(reader ->
            !isRuled(reader, caller.number())
                || !allowing(reader, caller.number(), wish).isEmpty());
    if (!isAllowed) {
      throw required(wish);
    }
  }

  /// The mandates, each with all before it, that allow a wish.
  private List<List<Mandate>> allowing(Transaction transaction, long agent, Wish wish)
      throws SQLException {
    Instant now = time.instant();
    var levels = new HashMap<Long, TrustLevel>();
    var allowing = new ArrayList<List<Mandate>>();
    for (Mandate mandate : SqlMandates.live(transaction, agent, now, MANDATES_MAX)) {
      if (allows(transaction, mandate, wish, levels)) {
        List<Mandate> chain = Mandates.chain(transaction, mandate, now);
        boolean isAllowed = !chain.isEmpty();
        for (Mandate one : chain) {
          isAllowed &= allows(transaction, one, wish, levels);
        }
        if (isAllowed) {
          allowing.add(chain);
        }
      }
    }
    return allowing;
  }

  /// A mandate allows a wish when it allows the call and everybody with whom it is.
  private boolean allows(
      Transaction transaction, Mandate mandate, Wish wish, Map<Long, TrustLevel> levels)
      throws SQLException {
    Grants grants = mandate.grants();
    boolean isAllowed =
        grants.allowCall(wish.route())
            || (!wish.group().isEmpty() && grants.allowCall(wish.group()));
    for (Wish.Party party : isAllowed ? wish.parties() : List.<Wish.Party>of()) {
      TrustLevel level = TrustLevel.NEW;
      if (party.agent() != 0 && grants.counterparties().trust() != TrustLevel.NEW) {
        TrustLevel known = levels.get(party.agent());
        level = known == null ? trust.of(transaction, party.agent()) : known;
        levels.put(party.agent(), level);
      }
      isAllowed &= grants.counterparties().allow(party.name(), level);
    }
    return isAllowed;
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
    String with = wish.with();
    return new Refused(
        ProblemType.MANDATE_REQUIRED,
        "Your owner requires a mandate, and none that you hold allows "
            + call
            + (with.isEmpty() ? "" : " with " + with),
        with.isEmpty() ? Map.of("call", call) : Map.of("call", call, "counterparty", with));
  }
}
