package dev.meshkore.hub.calls;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Buyers that wait for an answer. Whoever answers at this hub wakes them; an answer at another hub
/// on the same database is seen half a second later. Thread-safe.
final class Waiting {
  private static final long LOOK_MS = 500;

  private final Map<Long, CompletableFuture<Boolean>> answers = new ConcurrentHashMap<>();

  private volatile Consumer<String> listener = _ -> {};

  /// Whom else to tell of each end, by the call's id.
  void listen(Consumer<String> told) {
    listener = told;
  }

  void ended(PaidCall call) {
    CompletableFuture<Boolean> answer = answers.remove(call.number());
    if (answer != null) {
      answer.complete(true);
    }
    listener.accept(call.id());
  }

  /// What `now` tells once nothing more comes of it by itself, or after at most so long.
  PaidCall await(PaidCall call, Duration most, Supplier<PaidCall> now) {
    if (!call.state().isOpen() || !most.isPositive()) {
      return now.get();
    }
    CompletableFuture<Boolean> answer =
        answers.computeIfAbsent(call.number(), _ -> new CompletableFuture<>());
    try {
      // An answer between the last look and this one has woken nobody.
      PaidCall seen = now.get();
      for (long left = most.toMillis(); left > 0 && seen.state().isOpen(); left -= LOOK_MS) {
        sleep(answer, Math.min(left, LOOK_MS));
        seen = now.get();
      }
      return seen;
    } finally {
      answers.remove(call.number(), answer);
    }
  }

  private static void sleep(CompletableFuture<Boolean> answer, long ms) {
    try {
      var _ = answer.get(ms, TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // Looked at once more.
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(failure);
    }
  }
}
