package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Ticks;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.ChainRail.Stand;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/// Brings answered calls to their payment: hands in what was promised, and looks until the chain
/// says for good what became of it. What it does is stored, and asked again it changes nothing, so
/// it goes on where a hub ended. Thread-safe.
final class ChainSettling implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ChainSettling.class.getName());
  private static final long TICK_MS = 250;
  private static final int AT_ONCE = 64;
  private static final int CLOSE_SECONDS = 3;

  /// Of hubs on one database one looks at a payment, for so long at most.
  private static final long CLAIM_MS = 60_000;

  /// After so long it is looked again where something is in the way.
  private static final long LATER_MS = 5_000;

  private final CallParts parts;
  private final ChainPaying paying;
  private final Optional<ChainRail> rail;
  private final Waiting waiting;
  private final boolean isShared;
  private final Set<Long> running = ConcurrentHashMap.newKeySet();
  private final Ticks ticks = new Ticks("calls", TICK_MS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean isCrowded;

  ChainSettling(CallParts parts, ChainPaying paying, Waiting waiting) {
    this.parts = parts;
    this.paying = paying;
    this.rail = parts.chain();
    this.waiting = waiting;
    this.isShared = parts.database().dialect().isShared();
  }

  /// Goes on with what is open, from now on.
  void start() {
    ticks.start(List.of(this::expire, this::wake));
  }

  /// Ends calls that nobody answered in time.
  private void expire() {
    long now = parts.time().millis();
    for (PaidCall late : parts.database().read(reader -> SqlCalls.late(reader, now, AT_ONCE))) {
      boolean isEnded =
          parts
              .database()
              .write(transaction -> {
                boolean isWaiting =
                    SqlCalls.get(transaction, late.number())
                        .filter(call -> call.state() == PaidCall.State.WAITING)
                        .isPresent();
                if (isWaiting) {
                  paying.expire(transaction, late);
                }
                return isWaiting;
              });
      if (isEnded) {
        waiting.ended(late);
      }
    }
  }

  /// Looks at all that is due; returns at once.
  void wake() {
    if (rail.isEmpty()) {
      return;
    }
    long now = parts.time().millis();
    List<Long> due = parts.database().read(reader -> SqlChainPayments.due(reader, now, AT_ONCE));
    isCrowded = due.size() == AT_ONCE;
    for (long number : due) {
      if (running.add(number)) {
        try {
          threads.execute(() -> look(rail.get(), number));
        } catch (RejectedExecutionException _) {
          running.remove(number);
        }
      }
    }
  }

  private void look(ChainRail chain, long number) {
    try {
      settle(chain, number);
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "A call's payment could not be settled; the hub tries again", failure);
    } finally {
      running.remove(number);
    }
  }

  private void settle(ChainRail chain, long number) {
    long now = parts.time().millis();
    boolean isMine =
        !isShared
            || write(
                transaction -> SqlChainPayments.claim(transaction, number, now, now + CLAIM_MS));
    Optional<ChainPayment> due =
        isMine
            ? parts
                .database()
                .read(reader -> SqlChainPayments.get(reader, number))
                .filter(one -> one.state() == ChainPayment.State.SETTLING)
            : Optional.empty();
    if (due.isEmpty()) {
      return;
    }
    ChainPayment one = due.get();
    Stand stand =
        one.money().asset().equals(chain.asset())
            ? chain.stand(one.payment(), one.quote(chain), "call " + one.call())
            : new Stand.Open("invalid_network", false);
    switch (stand) {
      case Stand.Open open -> later(one, open);
      case Stand.Paid paid -> end(one, paid.transaction(), "", false);
      case Stand.Failed failed -> end(one, "", failed.reason(), failed.isByPayer());
    }
  }

  private boolean write(Database.Work<Boolean> work) {
    return parts.database().write(work);
  }

  private void later(ChainPayment one, Stand.Open open) {
    boolean isQuiet = open.reason().isEmpty() && one.reason().isEmpty();
    // What was looked at goes behind those that wait; where none does, that needs no write.
    if (isQuiet && !isShared && !isCrowded) {
      return;
    }
    long now = parts.time().millis();
    write(transaction -> {
      long next = open.reason().isEmpty() ? now : now + LATER_MS;
      SqlChainPayments.later(transaction, one.number(), open.reason(), next);
      if (open.isByPayer()) {
        SqlChainPayments.refuse(transaction, one.payer(), now + ChainPaying.REFUSED.toMillis());
      }
      return true;
    });
  }

  private void end(ChainPayment one, String hash, String reason, boolean isByPayer) {
    boolean isPaid = !hash.isEmpty();
    long now = parts.time().millis();
    PaidCall call =
        parts
            .database()
            .write(transaction -> {
              SqlChainPayments.locked(transaction, one.payer());
              PaidCall known = SqlCalls.get(transaction, one.call()).orElseThrow();
              if (!SqlChainPayments.end(transaction, one, hash, reason, now)) {
                return known;
              }
              PaidCall.State end = isPaid ? PaidCall.State.ANSWERED : PaidCall.State.UNPAID;
              SqlCalls.become(transaction, one.call(), PaidCall.State.SETTLING, end, reason);
              if (isPaid) {
                var _ = parts.budgets().commit(transaction, one.reservation());
                SqlChainPayments.allow(transaction, one, now - ChainPaying.KEPT.toMillis());
              } else {
                var _ = parts.budgets().release(transaction, one.reservation());
              }
              if (isByPayer) {
                long until = now + ChainPaying.REFUSED.toMillis();
                SqlChainPayments.refuse(transaction, one.payer(), until);
              }
              paying.record(transaction, isPaid ? "call.paid" : "call.unpaid", known, one);
              tell(transaction, known, one, hash, reason);
              return SqlCalls.get(transaction, one.call()).orElseThrow();
            });
    waiting.ended(call);
  }

  /// The seller hears what its answer came to.
  private void tell(
      Transaction transaction, PaidCall call, ChainPayment one, String hash, String reason)
      throws SQLException {
    ObjectNode notice = Json.object();
    notice.put("notice", hash.isEmpty() ? "call-unpaid" : "call-paid");
    notice.put("call_id", call.id());
    notice.put("service_id", call.service());
    notice.put("payer", one.payer().text());
    if (hash.isEmpty()) {
      notice.put("reason", reason);
    } else {
      notice.put("transaction", hash);
    }
    parts.outbox().tell(transaction, call.seller(), notice);
  }

  @Override
  public void close() {
    ticks.close();
    // Not by an interrupt at once: that would close the database's connection under a look.
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
