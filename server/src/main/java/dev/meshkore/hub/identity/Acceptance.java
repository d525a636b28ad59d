package dev.meshkore.hub.identity;

import dev.meshkore.hub.store.Premise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// That what proves a caller was accepted, which may not be durable yet.
///
/// @param premise what the caller's work rests on; null where all is durable
/// @param durable to be run before the caller is answered
record Acceptance(@Nullable Premise premise, Runnable durable) {
  /// Nothing is to be waited for.
  static final Acceptance OF_BEFORE = new Acceptance(null, () -> {});

  /// Does the caller's work; nothing of it is written where the acceptance is not.
  <T> T under(Supplier<T> work) {
    return premise == null ? work.get() : premise.under(work);
  }

  /// Returns once it is durable.
  void await() {
    durable.run();
  }
}
