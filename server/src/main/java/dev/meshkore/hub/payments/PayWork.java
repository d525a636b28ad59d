package dev.meshkore.hub.payments;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Sheet;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Writes the payments that wait, as one group: each is looked at by the rules before it changes
/// anything, so that one that is refused costs the others nothing, and an account that many pay is
/// read and written once. Runs on the writer's thread, within its transaction.
final class PayWork implements Lane.Work<PayWork.Wanted> {
  /// A payment that somebody waits for.
  ///
  /// @param call of the payer
  /// @param answer told what became of it, after that is durable
  /// @param counted what was counted for it, however often it is tried
  record Wanted(
      Approach.Call call, Order order, CompletableFuture<Outcome> answer, Set<Object> counted) {
    Wanted(Approach.Call call, Order order) {
      this(call, order, new CompletableFuture<>(), new HashSet<>(0));
    }
  }

  /// What is told, to whom.
  private record Answer(Wanted wanted, @Nullable Outcome outcome, @Nullable Refused refused) {
    void tell() {
      if (refused == null) {
        wanted.answer().complete(outcome);
      } else {
        wanted.answer().completeExceptionally(refused);
      }
    }
  }

  private final PaymentParts parts;
  private final Told told;

  PayWork(PaymentParts parts, Told told) {
    this.parts = parts;
    this.told = told;
  }

  @Override
  public Runnable write(Transaction transaction, List<Wanted> items) throws SQLException {
    parts.approach().begin(transaction);
    Sheet sheet = parts.ledger().open(transaction, items.stream().map(Wanted::order).toList());
    var answers = new ArrayList<Answer>(items.size());
    for (Wanted one : items) {
      transaction.counts(one.counted());
      try {
        answers.add(new Answer(one, pay(transaction, sheet, one), null));
      } catch (Refused refused) {
        answers.add(new Answer(one, null, refused));
      }
    }
    sheet.close();
    return () -> answers.forEach(Answer::tell);
  }

  private Outcome pay(Transaction transaction, Sheet sheet, Wanted one) throws SQLException {
    return switch (sheet.plan(List.of(one.order()))) {
      case Sheet.Settled settled -> settled.outcome();
      case Sheet.Ready ready -> {
        SendRule.Counting counting =
            parts.approach().mayPay(transaction, one.call(), spending(one.order()));
        counting.count(transaction);
        Outcome.Done done = sheet.move(ready);
        told.put(transaction, one.order().credit().agent(), done.transfers().getFirst());
        yield done;
      }
    };
  }

  private SendRule.Spending spending(Order order) {
    return new SendRule.Spending(
        order.debit().agent(),
        order.credit().agent(),
        order.with(),
        order.amount().asset().code(),
        order.amount().atoms(),
        order.about(),
        null,
        0,
        reader -> !parts.ledger().hasPaid(reader, order.debit(), order.credit()),
        SendRule.Spending.Way.PLAIN);
  }

  @Override
  public void failed(Wanted item, RuntimeException cause) {
    item.answer().completeExceptionally(cause);
  }
}
