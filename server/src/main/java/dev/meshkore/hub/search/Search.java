package dev.meshkore.hub.search;

import dev.meshkore.hub.relay.Transcript;
import dev.meshkore.hub.store.StoreFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;

/// Follows what was said, on a thread of its own and behind the commits, and searches it. While
/// mail comes in it stands back; what is erased it takes out at once. Thread-safe.
public final class Search implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Search.class.getName());
  private static final long EVERY_MS = 500;

  /// While there is much to take up, what was taken up can be found this late.
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CLOSE_SECONDS = 5;
  private static final int ERASED_AT_ONCE = 1_000;

  /// Of a second, while the hub is busy, this many parts are left to others for one of its own.
  private static final int STANDS_BACK = 9;

  private final Transcript transcript;
  private final Path folder;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("search").daemon().factory());
  private volatile @Nullable MessageIndex index;
  private volatile long indexedToMs;
  private long takenUpToMs;
  private long committedAt;
  private long refreshedAt;
  private long newestSeen;
  private boolean isClosed;

  /// Follows a transcript; what it finds is kept in `folder`, which may be deleted while no hub
  /// runs.
  public Search(Transcript transcript, Path folder, InstantSource clock, LongSupplier nanoTime) {
    this.transcript = transcript;
    this.folder = folder;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.committedAt = nanoTime.getAsLong();
    this.refreshedAt = committedAt;
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Begins to follow. Where search is off, what an earlier hub took up is deleted instead, because
  /// nobody would take out of it what is erased.
  public void start(boolean isOn) {
    if (isOn) {
      transcript.onErased(this::takeOutErased);
      thread.execute(this::follow);
    } else {
      drop();
    }
  }

  /// Searches what can be found now; before the index is open that is nothing.
  List<Hits.Hit> search(Hits hits) {
    MessageIndex now = index;
    if (now == null) {
      return List.of();
    }
    try {
      SearcherManager searchers = now.searchers();
      IndexSearcher searcher = searchers.acquire();
      try {
        return hits.of(new EvenSearcher(searcher.getIndexReader()));
      } finally {
        searchers.release(searcher);
      }
    } catch (AlreadyClosedException _) {
      return List.of();
    } catch (IOException failure) {
      throw new UncheckedIOException("The index of messages failed", failure);
    }
  }

  /// What was answered as stored before this time can be found.
  long indexedToMs() {
    return indexedToMs;
  }

  @Override
  public void close() {
    letItFinish();
    lock.lock();
    try {
      isClosed = true;
      MessageIndex open = index;
      index = null;
      if (open != null) {
        try (open) {
          open.commit();
        }
      }
    } catch (IOException | AlreadyClosedException failure) {
      LOG.log(Level.WARNING, "The index of messages will be read again from earlier", failure);
    } finally {
      lock.unlock();
    }
  }

  /// Not by an interrupt: that would close the files under the index.
  private void letItFinish() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "The index of messages is still at work");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes up some of what is new, and comes back.
  private void follow() {
    long began = nanoTime.getAsLong();
    boolean isMore = false;
    long pause = TimeUnit.MILLISECONDS.toNanos(EVERY_MS);
    boolean isBusy = false;
    try {
      long newest = transcript.newest();
      isBusy = newest != newestSeen;
      newestSeen = newest;
      isMore = step();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "The index of messages will follow later", failure);
    } catch (RuntimeException | IOException failure) {
      LOG.log(Level.ERROR, "The index of messages is made anew", failure);
      drop();
      pause = PAUSE_NANOS;
    }
    long took = nanoTime.getAsLong() - began;
    long rest = isBusy ? STANDS_BACK * took : 0;
    if (!thread.isShutdown()) {
      var _ = thread.schedule(this::follow, isMore ? rest : pause, TimeUnit.NANOSECONDS);
    }
  }

  /// Answers whether there may be more at once.
  boolean step() throws IOException {
    lock.lock();
    try {
      if (isClosed) {
        return false;
      }
      MessageIndex open = opened();
      long now = clock.millis();
      Transcript.Mark before = open.progress().mark();
      Transcript.Part part = transcript.after(before);
      open.add(part.messages(), part.mark());
      takeOutErased(open);
      if (part.isAll()) {
        takenUpToMs = now;
      } else if (!part.messages().isEmpty()) {
        byte[] last = part.messages().getLast().content();
        takenUpToMs = Math.max(takenUpToMs, Said.of(last).sentAtMs());
      }
      if (part.isAll() || nanoTime.getAsLong() - refreshedAt > REFRESH_NANOS) {
        open.refresh();
        refreshedAt = nanoTime.getAsLong();
        indexedToMs = takenUpToMs;
      }
      if (nanoTime.getAsLong() - committedAt > COMMIT_NANOS) {
        open.commit();
        committedAt = nanoTime.getAsLong();
      }
      return !part.mark().equals(before);
    } finally {
      lock.unlock();
    }
  }

  /// After an erasure. Whatever goes wrong with the index, the words are gone when this returns;
  /// where the database cannot say what was erased, the next step takes it out.
  void takeOutErased() {
    lock.lock();
    try {
      if (!isClosed) {
        takeOutErased(opened());
      }
    } catch (StoreFailure failure) {
      LOG.log(Level.WARNING, "Erased words will be taken out of the index later", failure);
    } catch (RuntimeException | IOException failure) {
      LOG.log(Level.ERROR, "The index of messages is made anew after an erasure", failure);
      drop();
    } finally {
      lock.unlock();
    }
  }

  private void takeOutErased(MessageIndex open) throws IOException {
    List<Transcript.Erased> erased =
        transcript.erasedAfter(open.progress().erased(), ERASED_AT_ONCE);
    while (!erased.isEmpty()) {
      open.erase(erased);
      erased = transcript.erasedAfter(open.progress().erased(), ERASED_AT_ONCE);
    }
  }

  private MessageIndex opened() throws IOException {
    MessageIndex open = index;
    if (open == null) {
      open = open();
      index = open;
    }
    return open;
  }

  private MessageIndex open() throws IOException {
    Files.createDirectories(folder);
    long erased = transcript.erasedCount();
    try {
      var found = new MessageIndex(folder, !MessageIndex.isReadable(folder), erased);
      boolean isOfThisJournal =
          found.progress().mark().position() <= transcript.newest()
              && found.progress().erased() <= erased;
      if (isOfThisJournal) {
        return found;
      }
      found.close();
    } catch (CorruptIndexException
        | IndexFormatTooNewException
        | IndexFormatTooOldException failure) {
      LOG.log(Level.WARNING, "The index of messages is made anew", failure);
    }
    return new MessageIndex(folder, true, erased);
  }

  /// Deletes the files; the next step begins anew.
  private void drop() {
    lock.lock();
    try {
      MessageIndex open = index;
      index = null;
      indexedToMs = 0;
      takenUpToMs = 0;
      if (open != null) {
        open.close();
      }
    } catch (IOException | RuntimeException failure) {
      LOG.log(Level.DEBUG, "The index of messages was closed before", failure);
    }
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    } catch (NoSuchFileException _) {
      // There never was any.
    } catch (IOException failure) {
      LOG.log(Level.ERROR, "The index of messages cannot be deleted: " + folder, failure);
    } finally {
      lock.unlock();
    }
  }
}
