package dev.meshkore.hub.x402;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Signed payments that came to nothing. Whoever has such a payment may bring it again and again,
/// in its payer's name; so what was signed costs its payer a token of its rate once, and counts
/// once as refused. Only so many are kept, the newest. Thread-safe; calls block.
public final class AskedBefore {
  private static final int KEPT_MAX = 10_000;
  private static final long SAME_MS = 10_000;
  private static final int LOCKS = 64;

  /// What came of a payment last.
  ///
  /// @param refused what the facilitator has answered, or null where it was no refusal of its own
  private record Asked(@Nullable Refused refused, long atMs) {
    Optional<Refused> answer(long now) {
      boolean isRecent = now >= atMs && now - atMs < SAME_MS;
      return Optional.ofNullable(refused).filter(one -> isRecent && isLasting(one));
    }

    /// Whoever is let act again is not to wait, and what ails the hub is none of the payer's.
    private static boolean isLasting(Refused refused) {
      return switch (refused.type()) {
        case STOPPED, BUSY, STOPPING, IN_DOUBT, STORAGE_FULL -> false;
        default -> true;
      };
    }
  }

  private final Approach approach;
  private final InstantSource time;

  /// Of two that bring one payment at once the second is to find what the first came to.
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);

  private final Map<String, Asked> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Asked> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /// Payments for which these rules are asked.
  public AskedBefore(Approach approach, InstantSource time) {
    this.approach = approach;
    this.time = time;
  }

  /// Does something for a signed payment in one transaction, in its payer's name.
  ///
  /// @param payment what names it, whoever brings it
  /// @param isUsed whether what came of it has used the payment up
  /// @throws Refused as the work does
  public <T> T write(
      String payment, Approach.Call call, Database.Work<T> work, Predicate<? super T> isUsed) {
    return inTurn(payment, before -> asked(payment, before, call, work, isUsed, false));
  }

  /// The same for the facilitator, which for some seconds answers what it has refused as before.
  <T> T settle(
      String payment, Approach.Call call, Database.Work<T> work, Predicate<? super T> isUsed) {
    return inTurn(
        payment,
        before -> {
          if (before.isPresent()) {
            before
                .get()
                .answer(time.millis())
                .ifPresent(refused -> {
                  throw refused;
                });
          }
          return asked(payment, before, call, work, isUsed, true);
        });
  }

  private <T> T inTurn(String payment, Function<Optional<Asked>, T> work) {
    ReentrantLock lock = locks[Math.floorMod(payment.hashCode(), LOCKS)];
    lock.lock();
    try {
      return work.apply(get(payment));
    } finally {
      lock.unlock();
    }
  }

  private <T> T asked(
      String payment,
      Optional<Asked> before,
      Approach.Call call,
      Database.Work<T> work,
      Predicate<? super T> isUsed,
      boolean isKept) {
    if (before.isEmpty()) {
      approach.takeRate(call.caller());
    }
    try {
      T done = before.isEmpty() ? approach.writeRated(call, work) : approach.writeUncounted(work);
      keep(payment, isUsed.test(done) ? null : new Asked(null, time.millis()));
      return done;
    } catch (Refused refused) {
      keep(payment, new Asked(isKept ? refused : null, time.millis()));
      throw refused;
    }
  }

  private Optional<Asked> get(String payment) {
    synchronized (known) {
      return Optional.ofNullable(known.get(payment));
    }
  }

  private void keep(String payment, @Nullable Asked asked) {
    synchronized (known) {
      if (asked == null) {
        known.remove(payment);
      } else {
        known.put(payment, asked);
      }
    }
  }
}
