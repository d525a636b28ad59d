package dev.meshkore.hub.store;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something that is being stored, and on which what is handed over after it rests: where it is not
/// stored, the rest is not written either. On a file there is one writer, which takes what it is
/// handed in order, so that it knows of the failure before it comes to the rest. Thread-safe.
public final class Premise {
  private static final ScopedValue<Premise> CURRENT = ScopedValue.newInstance();

  private volatile @Nullable RuntimeException failure;

  /// Does something; what it hands to the database on this thread rests on the premise.
  public <T> T under(Supplier<T> action) {
    return ScopedValue.where(CURRENT, this).call(action::get);
  }

  /// The premise was not stored. Called on the writer's thread.
  public void failed(RuntimeException cause) {
    failure = cause;
  }

  /// Why nothing may be written that rests on it; null while it may.
  @Nullable RuntimeException failure() {
    return failure;
  }

  /// On which premise this thread works; null for none.
  static @Nullable Premise current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }
}
