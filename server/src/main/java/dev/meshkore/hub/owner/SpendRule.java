package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.Room;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.guard.Take;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Lets an agent that has an owner spend what one of its mandates allows, and nothing without one.
/// An agent without an owner spends what it has. Thread-safe.
final class SpendRule implements SendRule {
  private static final int MANDATES_MAX = 100;

  /// A reservation outlives the money that is held, which ends it: it must not be given back while
  /// the money can still be paid.
  private static final Duration AFTER_HOLD = Duration.ofHours(1);

  private final Budgets budgets;
  private final Trust trust;
  private final InstantSource time;
  private final KnownMandates mandates = new KnownMandates();

  SpendRule(Budgets budgets, Trust trust, InstantSource time) {
    this.budgets = budgets;
    this.trust = trust;
    this.time = time;
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return false;
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations) {
    // A message is no money.
  }

  @Override
  public Counting spend(Transaction transaction, Spending spending) throws SQLException {
    Instant now = time.instant();
    Optional<SqlMandates.Held> held =
        SqlMandates.held(transaction, spending.payer(), now, MANDATES_MAX);
    if (held.isEmpty()) {
      return Counting.NOTHING;
    }
    OptionalLong owner = OptionalLong.of(held.get().owner());
    Refused why = null;
    for (String id : held.get().mandates()) {
      Mandate one = mandates.get(transaction, id);
      if (!one.grants().spend().containsKey(spending.asset())) {
        continue;
      }
      List<Mandate> chain = Mandates.chain(transaction, one, owner, now);
      try {
        return counting(transaction, chain, spending);
      } catch (Refused refused) {
        boolean saysMore = refused.type() == ProblemType.BUDGET_EXHAUSTED;
        why = why == null || saysMore ? refused : why;
      }
    }
    throw why == null ? required(spending) : why;
  }

  /// What in a mandate says no, as it is named there, or "".
  private String limitAgainst(Transaction transaction, Grants grants, Spending spending)
      throws SQLException {
    SpendLimit limit = grants.spend().get(spending.asset());
    if (limit == null) {
      return "spend";
    }
    if (grants.reference().filter(id -> !id.equals(spending.about())).isPresent()) {
      return "reference";
    }
    if (!limit.way().allowsRail(spending.way().rail())) {
      return "rails";
    }
    if (!limit.way().allowsCategory(spending.way().category())) {
      return "categories";
    }
    return mayPay(transaction, grants.counterparties(), spending) ? "" : "counterparties";
  }

  private boolean mayPay(Transaction transaction, Counterparties with, Spending spending)
      throws SQLException {
    TrustLevel level =
        with.trust() == TrustLevel.NEW ? TrustLevel.NEW : trust.of(transaction, spending.payee());
    return with.allow(spending.payeeId(), level);
  }

  /// What is counted against all limits of a chain that allows this payee, this matter, and this
  /// way to pay.
  ///
  /// @throws Refused by the limit that is in the way
  private Counting counting(Transaction transaction, List<Mandate> chain, Spending spending)
      throws SQLException {
    if (chain.isEmpty()) {
      throw required(spending);
    }
    for (Mandate mandate : chain) {
      String limit = limitAgainst(transaction, mandate.grants(), spending);
      if (!limit.isEmpty()) {
        throw required(spending, mandate, limit);
      }
    }
    List<Take> takes = takes(transaction, chain, spending);
    String reservation = spending.reservationId();
    if (reservation == null) {
      Room room = budgets.room(transaction, takes);
      return writing -> budgets.use(writing, room);
    }
    Instant held = Instant.ofEpochMilli(spending.heldUntilMs());
    boolean hasEnd = spending.heldUntilMs() != Spending.UNTIL_ENDED;
    Instant until = hasEnd ? held.plus(AFTER_HOLD) : held;
    return transaction.undoable(part -> {
      budgets.reserve(part, takes, reservation, until);
      return Counting.NOTHING;
    });
  }

  private static List<Take> takes(Transaction transaction, List<Mandate> chain, Spending spending)
      throws SQLException {
    var takes = new ArrayList<Take>();
    for (Mandate mandate : chain) {
      SpendLimit limit = mandate.grants().spend().get(spending.asset());
      if (limit == null) {
        throw required(spending);
      }
      checkEach(transaction, mandate, limit, spending);
      takes.add(new Take(mandate.scope(), spending.asset(), spending.atoms(), caps(limit)));
      OptionalLong perCounterparty = limit.perCounterparty();
      if (perCounterparty.isPresent()) {
        String scope = toScope(mandate) + spending.payeeId();
        Map<Budget.Window, Long> cap = Map.of(Budget.Window.ENDLESS, perCounterparty.getAsLong());
        takes.add(new Take(scope, spending.asset(), spending.atoms(), cap));
      }
    }
    return takes;
  }

  /// Refuses what is too much for one payment.
  private static void checkEach(
      Transaction transaction, Mandate mandate, SpendLimit limit, Spending spending)
      throws SQLException {
    checkEach(mandate, spending, limit.perPayment(), "a payment", "per_payment");
    if (!spending.way().isEscrowed()) {
      checkEach(
          mandate,
          spending,
          limit.requireEscrowOver(),
          "what is paid otherwise than into the escrow of a job",
          "require_escrow_over");
    }
    boolean isMore = spending.atoms() > limit.firstPayment().orElse(Long.MAX_VALUE);
    if (isMore && spending.isFirst().run(transaction)) {
      checkEach(
          mandate,
          spending,
          limit.firstPayment(),
          "the first payment to an agent",
          "first_payment");
    }
  }

  private static void checkEach(
      Mandate mandate, Spending spending, OptionalLong most, String what, String name) {
    if (spending.atoms() > most.orElse(Long.MAX_VALUE)) {
      throw over(mandate, spending, most.getAsLong(), what, name);
    }
  }

  /// How the scopes begin in which a mandate counts what was paid to each agent.
  static String toScope(Mandate mandate) {
    return mandate.scope() + ":to:";
  }

  /// What a limit lets an agent spend in each window.
  static Map<Budget.Window, Long> caps(SpendLimit limit) {
    Map<Budget.Window, Long> caps = new LinkedHashMap<>();
    limit.lifetime().ifPresent(atoms -> caps.put(Budget.Window.ENDLESS, atoms));
    for (SpendLimit.Window window : limit.windows()) {
      // Of two of one length the first counts.
      caps.putIfAbsent(window.span(), window.atoms());
    }
    return caps;
  }

  private static Refused over(
      Mandate mandate, Spending spending, long limit, String what, String name) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("scope", mandate.scope() + " " + name);
    members.put("unit", spending.asset());
    members.put("limit", limit);
    members.put("remaining", limit);
    return new Refused(
        ProblemType.BUDGET_EXHAUSTED,
        "Your mandate allows at most "
            + limit
            + " atoms of "
            + spending.asset()
            + " for "
            + what
            + "; "
            + spending.atoms()
            + " were wanted",
        members);
  }

  private static Refused required(Spending spending) {
    return new Refused(
        ProblemType.MANDATE_REQUIRED,
        "You have an owner, so you spend by mandates alone, and none that you hold lets you pay "
            + spending.asset()
            + " to "
            + spending.payeeId()
            + " for this",
        Map.of("call", "POST /wallet/transfers", "counterparty", spending.payeeId()));
  }

  private static Refused required(Spending spending, Mandate mandate, String limit) {
    Spending.Way way = spending.way();
    return new Refused(
        ProblemType.MANDATE_REQUIRED,
        "You have an owner, so you spend by mandates alone, and the "
            + limit
            + " of "
            + mandate.id()
            + " do not let you pay "
            + spending.asset()
            + " to "
            + spending.payeeId()
            + (" by " + way.rail())
            + (way.category().isEmpty() ? "" : " for " + way.category()),
        Map.of(
            "call",
            "POST /wallet/transfers",
            "counterparty",
            spending.payeeId(),
            "scope",
            mandate.scope() + " " + limit));
  }
}
