package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Relations;
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
  public void spend(Transaction transaction, Spending spending) throws SQLException {
    if (SqlOwners.ownerOf(transaction, spending.payer()).isEmpty()) {
      return;
    }
    Instant now = time.instant();
    Refused why = null;
    for (Mandate one : SqlMandates.live(transaction, spending.payer(), now, MANDATES_MAX)) {
      if (!one.grants().spend().containsKey(spending.asset())) {
        continue;
      }
      List<Mandate> chain = Mandates.chain(transaction, one, now);
      Optional<Refused> refused =
          chain.isEmpty()
              ? Optional.of(required(spending))
              : notAllowed(transaction, chain, spending);
      if (refused.isEmpty()) {
        refused = count(transaction, chain, spending);
      }
      if (refused.isEmpty()) {
        return;
      }
      boolean saysMore = refused.get().type() == ProblemType.BUDGET_EXHAUSTED;
      why = why == null || saysMore ? refused.get() : why;
    }
    throw why == null ? required(spending) : why;
  }

  /// Why a mandate of a chain does not allow this payee, this matter, or this way to pay.
  private Optional<Refused> notAllowed(
      Transaction transaction, List<Mandate> chain, Spending spending) throws SQLException {
    for (Mandate mandate : chain) {
      String limit = limitAgainst(transaction, mandate.grants(), spending);
      if (!limit.isEmpty()) {
        return Optional.of(required(spending, mandate, limit));
      }
    }
    return Optional.empty();
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

  /// Counts against all limits of a chain, or says which one is in the way.
  private Optional<Refused> count(Transaction transaction, List<Mandate> chain, Spending spending)
      throws SQLException {
    var takes = new ArrayList<Take>();
    for (Mandate mandate : chain) {
      SpendLimit limit = mandate.grants().spend().get(spending.asset());
      if (limit == null) {
        return Optional.of(required(spending));
      }
      Optional<Refused> tooMuch = tooMuch(transaction, mandate, limit, spending);
      if (tooMuch.isPresent()) {
        return tooMuch;
      }
      ensure(transaction, budgets, mandate, limit);
      takes.add(new Take(mandate.scope(), spending.asset(), spending.atoms()));
      OptionalLong perCounterparty = limit.perCounterparty();
      if (perCounterparty.isPresent()) {
        String scope = toScope(mandate) + spending.payeeId();
        budgets.ensure(
            transaction,
            scope,
            spending.asset(),
            Map.of(Budget.Window.ENDLESS, perCounterparty.getAsLong()));
        takes.add(new Take(scope, spending.asset(), spending.atoms()));
      }
    }
    try {
      String reservation = spending.reservationId();
      if (reservation == null) {
        budgets.spend(transaction, takes);
      } else {
        Instant held = Instant.ofEpochMilli(spending.heldUntilMs());
        boolean hasEnd = spending.heldUntilMs() != Spending.UNTIL_ENDED;
        Instant until = hasEnd ? held.plus(AFTER_HOLD) : held;
        var _ =
            transaction.undoable(part -> {
              budgets.reserve(part, takes, reservation, until);
              return true;
            });
      }
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(refused);
    }
  }

  private static Optional<Refused> tooMuch(
      Transaction transaction, Mandate mandate, SpendLimit limit, Spending spending)
      throws SQLException {
    if (spending.atoms() > limit.perPayment().orElse(Long.MAX_VALUE)) {
      return Optional.of(
          over(mandate, spending, limit.perPayment().getAsLong(), "a payment", "per_payment"));
    }
    if (!spending.way().isEscrowed()
        && spending.atoms() > limit.requireEscrowOver().orElse(Long.MAX_VALUE)) {
      return Optional.of(
          over(
              mandate,
              spending,
              limit.requireEscrowOver().getAsLong(),
              "what is paid otherwise than into the escrow of a job",
              "require_escrow_over"));
    }
    boolean isTooMuchAtFirst =
        spending.atoms() > limit.firstPayment().orElse(Long.MAX_VALUE)
            && spending.isFirst().run(transaction);
    return isTooMuchAtFirst
        ? Optional.of(
            over(
                mandate,
                spending,
                limit.firstPayment().getAsLong(),
                "the first payment to an agent",
                "first_payment"))
        : Optional.empty();
  }

  /// How the scopes begin in which a mandate counts what was paid to each agent.
  static String toScope(Mandate mandate) {
    return mandate.scope() + ":to:";
  }

  /// Makes the budgets of a limit where there are none yet.
  static void ensure(Transaction transaction, Budgets budgets, Mandate mandate, SpendLimit limit)
      throws SQLException {
    Map<Budget.Window, Long> caps = new LinkedHashMap<>();
    limit.lifetime().ifPresent(atoms -> caps.put(Budget.Window.ENDLESS, atoms));
    for (SpendLimit.Window window : limit.windows()) {
      // Of two of one length the first counts.
      caps.putIfAbsent(window.span(), window.atoms());
    }
    budgets.ensure(transaction, mandate.scope(), limit.asset(), caps);
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
