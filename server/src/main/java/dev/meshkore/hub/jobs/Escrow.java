package dev.meshkore.hub.jobs;

import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Moves the money of jobs, all of a step or nothing: into a job's account, out of it to the
/// provider less the fees, and back. What is in escrow is reserved in the budgets of whoever has
/// paid it in, used as it is paid out, and given back as it goes back. What is on a chain is
/// ordered there in the same transaction. Thread-safe.
final class Escrow {
  static final String IN = "escrow";
  static final String OUT = "escrow-release";
  static final String BACK = "escrow-refund";
  static final String DIRECT = "job-payment";

  private static final Account.Name TRANSACTION_FEES = Account.Name.ofFees("tx");
  private static final Account.Name ESCROW_FEES = Account.Name.ofFees("escrow");

  private final JobParts parts;

  Escrow(JobParts parts) {
    this.parts = parts;
  }

  /// Moves what a step changes.
  ///
  /// @param call the client's, where the step lets it pay
  /// @param by who takes the step, as the audit names actors
  /// @throws Refused where the client may not pay it, or has too little
  void move(
      Transaction transaction, Job before, Position after, Approach.@Nullable Call call, String by)
      throws SQLException {
    if (before.terms().chain().isPresent()) {
      moveOnChain(transaction, before, after);
      return;
    }
    List<Order> orders = orders(before, after, by);
    if (orders.isEmpty()) {
      return;
    }
    switch (parts.ledger().move(transaction, orders)) {
      case Outcome.Done _ -> count(transaction, before, after, call);
      case Outcome.Failed failed when before.at().held() == 0 -> throw missing(failed);
      case Outcome.Failed _, Outcome.Taken _, Outcome.Ended _ ->
          throw new IllegalStateException("The escrow of " + before.id() + " is not as it was");
    }
  }

  /// The money came in before; it goes out as the chain does what is ordered here.
  private void moveOnChain(Transaction transaction, Job before, Position after)
      throws SQLException {
    long gross = after.released() - before.at().released();
    long back = after.refunded() - before.at().refunded();
    if (gross + back > 0) {
      Custody custody = Fundings.custody(parts.custody());
      String payment =
          SqlFundings.done(transaction, before.number())
              .orElseThrow(() -> new IllegalStateException("Nothing is held of " + before.id()))
              .payment();
      if (gross > 0) {
        custody.capture(transaction, payment, gross);
        var _ = parts.budgets().commitPart(transaction, reservation(before), gross);
      }
      if (back > 0) {
        custody.cancel(transaction, payment);
      }
    }
    if (after.state().isOver() && before.at().paidIn() > 0) {
      giveBack(transaction, before);
    }
  }

  /// Counts the price of a job on a chain, before it is handed in.
  void reserve(Transaction transaction, Job job, Approach.Call call) throws SQLException {
    pay(transaction, job, call, job.terms().price(), reservation(job));
  }

  /// Gives back what is still reserved for a job.
  void giveBack(Transaction transaction, Job job) throws SQLException {
    var _ = parts.budgets().release(transaction, reservation(job));
  }

  private List<Order> orders(Job before, Position after, String by) {
    Account.Name client = Account.Name.ofAgent(before.client());
    Account.Name provider = Account.Name.ofAgent(before.provider());
    Account.Name held = before.terms().isEscrow() ? Account.Name.ofJob(before.number()) : client;
    var orders = new Orders(before, by);
    orders.add(IN, client, held, after.paidIn() - before.at().paidIn());
    long gross = after.released() - before.at().released();
    FeeRates.Taken fees = before.terms().fees().of(after.released()).minus(before.taken());
    orders.add(before.terms().isEscrow() ? OUT : DIRECT, held, provider, gross - fees.sum());
    orders.add(Transfer.FEE, held, TRANSACTION_FEES, fees.transaction());
    orders.add(Transfer.FEE, held, ESCROW_FEES, fees.escrow());
    orders.add(BACK, held, client, after.refunded() - before.at().refunded());
    return orders.all;
  }

  /// The orders of one step, each with an id of its own.
  private final class Orders {
    private final Job job;
    private final String by;
    private final List<Order> all = new ArrayList<>();

    Orders(Job job, String by) {
      this.job = job;
      this.by = by;
    }

    void add(String purpose, Account.Name debit, Account.Name credit, long atoms) {
      if (atoms > 0) {
        all.add(
            new Order(
                orderId(job, job.moves(), all.size()),
                by,
                credit.agent() == 0 ? job.id() : parts.agents().idOf(credit.agent()),
                debit,
                credit,
                JobTerms.credits(atoms),
                purpose,
                job.id(),
                0,
                OptionalLong.empty()));
      }
    }
  }

  /// How the transfers of a step are called in the ledger.
  static String orderId(Job job, long sequence, int index) {
    return "job:" + job.id() + "/" + sequence + "/" + index;
  }

  private void count(
      Transaction transaction, Job before, Position after, Approach.@Nullable Call call)
      throws SQLException {
    long gross = after.released() - before.at().released();
    if (after.paidIn() > before.at().paidIn()) {
      pay(transaction, before, required(call), after.paidIn(), reservation(before));
    } else if (!before.terms().isEscrow()) {
      pay(transaction, before, required(call), gross, null);
    } else if (gross > 0) {
      var _ = parts.budgets().commitPart(transaction, reservation(before), gross);
    }
    if (after.state().isOver()) {
      var _ = parts.budgets().release(transaction, reservation(before));
    }
  }

  private void pay(
      Transaction transaction,
      Job job,
      Approach.Call call,
      long atoms,
      @Nullable String reservation)
      throws SQLException {
    Account.Name client = Account.Name.ofAgent(job.client());
    Account.Name provider = Account.Name.ofAgent(job.provider());
    var spending =
        new SendRule.Spending(
            job.client(),
            job.provider(),
            parts.agents().idOf(job.provider()),
            job.terms().money(atoms).asset().code(),
            atoms,
            job.terms().agreement().map(JobTerms.Agreement::negotiationId).orElse(job.id()),
            reservation,
            // It ends with the job: nobody knows when that is where the hub is away for long.
            SendRule.Spending.UNTIL_ENDED,
            // This step is stored, so the job itself counts as it was before.
            reader ->
                job.at().released() == 0
                    && !SqlJobs.hasPaid(reader, job.client(), job.provider(), job.number())
                    && !parts.ledger().hasPaid(reader, client, provider),
            new SendRule.Spending.Way("", rail(job), job.terms().isEscrow()));
    // The provider has opened the job or agreed to it.
    parts.approach().pay(transaction, call, spending, true);
  }

  private static String rail(Job job) {
    return job.terms().chain().map(OnChain::network).orElse(SendRule.Spending.Way.LEDGER);
  }

  private static Approach.Call required(Approach.@Nullable Call call) {
    if (call == null) {
      throw new IllegalStateException("Only its client pays for a job");
    }
    return call;
  }

  private static String reservation(Job job) {
    return "job:" + job.id();
  }

  private static Refused missing(Outcome.Failed failed) {
    Money missing = JobTerms.credits(Math.min(failed.missing(), Money.ATOMS_MAX));
    return new Refused(
        ProblemType.INSUFFICIENT_FUNDS,
        "The account has "
            + missing
            + " too little; nothing was paid, and the step can be repeated",
        Map.of("asset", missing.asset().code(), "missing", failed.missing()));
  }
}
