package dev.meshkore.hub.payments;

import dev.meshkore.hub.http.Router;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Payments, as the hub puts them together.
public final class PaymentDoor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PaymentDoor.class.getName());
  private static final long TICK_MS = 1_000;

  private final Payments payments;
  private final Books books;
  private final WalletRoutes routes;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("payments-", 0).daemon().factory());

  /// Payments on these parts.
  public PaymentDoor(PaymentParts parts) {
    this.payments = new Payments(parts);
    this.books = new Books(parts);
    this.routes = new WalletRoutes(parts, payments);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
    books.addTo(router);
  }

  /// Does from now on what is due by the clock.
  public void start() {
    List<Runnable> stages = List.of(payments::tick, books::tick);
    var _ =
        ticks.scheduleWithFixedDelay(
            () -> stages.forEach(PaymentDoor::quietly), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /// What fails in one keeps nothing from the other.
  private static void quietly(Runnable stage) {
    try {
      stage.run();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "This could not be done; the hub tries again", failure);
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
