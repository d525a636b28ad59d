package dev.meshkore.hub.payments;

import dev.meshkore.hub.guard.SpentBefore;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.store.Ticks;
import java.util.List;

/// Payments, as the hub puts them together.
public final class PaymentDoor implements AutoCloseable {
  private static final long TICK_MS = 1_000;
  private static final List<String> NO_SPENDING =
      List.of(Payments.REFUND, Payments.WITHDRAWAL, Transfer.FEE, Transfer.CALL_FEE);

  private final Ledger ledger;
  private final Payments payments;
  private final Books books;
  private final WalletRoutes routes;
  private final StatementRoutes statements;
  private final Ticks ticks = new Ticks("payments", TICK_MS);

  /// Payments on these parts.
  public PaymentDoor(PaymentParts parts) {
    this.ledger = parts.ledger();
    this.payments = new Payments(parts);
    this.books = new Books(parts);
    this.routes = new WalletRoutes(parts, payments);
    this.statements = new StatementRoutes(parts);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
    statements.addTo(router);
    books.addTo(router);
  }

  /// What agents paid before, or held to be paid. What they gave back or took out is no spending,
  /// and a fee is a part of a payment and none by itself.
  public SpentBefore spentBefore() {
    return (reader, agent, asset, most) ->
        ledger.lastPaid(reader, Account.Name.ofAgent(agent), asset, NO_SPENDING, most).stream()
            .map(paid -> new SpentBefore.Spent(paid.atoms(), paid.atMs()))
            .toList();
  }

  /// Does from now on what is due by the clock.
  public void start() {
    ticks.start(List.of(payments::tick, books::tick));
  }

  @Override
  public void close() {
    ticks.close();
  }
}
