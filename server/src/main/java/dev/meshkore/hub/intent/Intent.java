package dev.meshkore.hub.intent;

import java.net.URI;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reads requests as the settings say: by a language model where one is named, and by rules
/// otherwise and whenever the model fails. Thread-safe.
public final class Intent implements Interpreter, AutoCloseable {
  private final PlainInterpreter plain = new PlainInterpreter();
  private final @Nullable ModelInterpreter model;

  /// Reads by these settings; the tables are read beside, so that nobody waits for them.
  public Intent(IntentSettings settings, LongSupplier nanoTime) {
    URI url = settings.url();
    this.model = url == null ? null : new ModelInterpreter(settings, url, plain, nanoTime);
    Thread.ofVirtual().name("intent-tables").start(PlainInterpreter::prepare);
  }

  @Override
  public Understood read(Asked asked) {
    return model == null ? plain.read(asked) : model.read(asked);
  }

  /// How many requests the rules read because the language model could not.
  public long fallbackCount() {
    return model == null ? 0 : model.fallbackCount();
  }

  /// Ends what is asked of the model.
  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
  }
}
