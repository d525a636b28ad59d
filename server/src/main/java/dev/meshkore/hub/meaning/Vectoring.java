package dev.meshkore.hub.meaning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A model and what it makes, from before it is loaded until it is closed. A model that fails is
/// left alone for a while, so that searches do not wait for it each time. Thread-safe.
final class Vectoring implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Vectoring.class.getName());
  private static final long LEFT_ALONE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int REQUESTS_KEPT = 500;

  /// A request says what it is about at its start.
  private static final int REQUEST_CHARACTERS_MAX = 4_000;

  private final Model model;
  private final LongSupplier nanoTime;
  private final Semaphore atOnce = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final ReentrantLock loading = new ReentrantLock();
  private final ReentrantLock keeping = new ReentrantLock();
  private final LinkedHashMap<String, Sought> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sought> eldest) {
          return size() > REQUESTS_KEPT;
        }
      };
  private volatile @Nullable Places places;
  private volatile long failedAt;
  private volatile boolean hasFailed;
  private volatile boolean hasRefused;
  private volatile boolean isClosed;
  private volatile boolean wasAsked;
  private @Nullable Embedder embedder;

  Vectoring(Model model, LongSupplier nanoTime) {
    this.model = model;
    this.nanoTime = nanoTime;
  }

  Model model() {
    return model;
  }

  /// False where no vectors will ever be made.
  boolean isOn() {
    return !model.equals(Model.NONE);
  }

  boolean isLoaded() {
    return places != null;
  }

  /// True while the model is left alone because it failed.
  boolean isAway() {
    return isOn() && isLeftAlone();
  }

  /// Loads the model if it is not and somebody wants vectors, which may take long; false where
  /// there is none now.
  boolean load(boolean isWanted) {
    if (!isOn() || !(isWanted || wasAsked)) {
      return false;
    }
    loading.lock();
    try {
      if (places == null && !isClosed && !isLeftAlone()) {
        Embedder made = embedder == null ? model.loader().get() : embedder;
        embedder = made;
        places = new Places(made);
      }
    } catch (Embedder.NoVectors | Embedder.NotTaken failure) {
      leaveAlone(failure);
    } finally {
      loading.unlock();
    }
    return places != null;
  }

  /// Where entries lie; empty where that cannot be known now.
  ///
  /// @throws Embedder.NotTaken where the model does not take one of them
  Optional<List<Place>> of(List<Entry> entries) {
    Places now = places;
    if (now == null || isLeftAlone()) {
      return Optional.empty();
    }
    try {
      return Optional.of(now.of(entries));
    } catch (Embedder.NotTaken failure) {
      throw told(failure);
    } catch (Embedder.NoVectors failure) {
      leaveAlone(failure);
      return Optional.empty();
    }
  }

  /// False for a word that the model can only guess at.
  boolean knows(String word) {
    Places now = places;
    return now == null || now.knows(word);
  }

  /// Where a request lies; null where that cannot be known now.
  ///
  /// @throws Embedder.NotTaken where the model does not take it
  @Nullable Sought of(String request) {
    Places now = places;
    if (now == null || request.isBlank()) {
      wasAsked = true;
      return null;
    }
    String text = request.substring(0, Math.min(request.length(), REQUEST_CHARACTERS_MAX)).strip();
    Sought before = kept(text);
    if (before != null || isLeftAlone()) {
      return before;
    }
    atOnce.acquireUninterruptibly();
    try {
      Sought sought = now.of(text);
      keep(text, sought);
      return sought;
    } catch (Embedder.NotTaken failure) {
      throw told(failure);
    } catch (Embedder.NoVectors failure) {
      leaveAlone(failure);
      return null;
    } finally {
      atOnce.release();
    }
  }

  @Override
  public void close() {
    loading.lock();
    try {
      isClosed = true;
      places = null;
      if (embedder != null) {
        embedder.close();
      }
    } finally {
      loading.unlock();
    }
  }

  private @Nullable Sought kept(String text) {
    keeping.lock();
    try {
      return kept.get(text);
    } finally {
      keeping.unlock();
    }
  }

  private void keep(String text, Sought sought) {
    keeping.lock();
    try {
      kept.put(text, sought);
    } finally {
      keeping.unlock();
    }
  }

  private boolean isLeftAlone() {
    return hasFailed && nanoTime.getAsLong() - failedAt < LEFT_ALONE_NANOS;
  }

  /// A text that the model does not take is no reason to leave it alone.
  private Embedder.NotTaken told(Embedder.NotTaken failure) {
    if (!hasRefused) {
      hasRefused = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "No vectors of some texts from {0}: {1}; words alone decide of them",
          model.name(),
          failure.getMessage());
    }
    return failure;
  }

  private void leaveAlone(RuntimeException failure) {
    failedAt = nanoTime.getAsLong();
    if (!hasFailed && !isClosed) {
      LOG.log(
          System.Logger.Level.WARNING,
          "No vectors from {0}: {1}; words alone decide until there are",
          model.name(),
          failure.getMessage());
    }
    hasFailed = true;
  }
}
