package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.lucene.search.IndexSearcher;
import org.jspecify.annotations.Nullable;

/// The entries of one source as one model sees them. Words follow the source; vectors follow the
/// words. Thread-safe.
final class Generation implements AutoCloseable {
  private static final int CHANGES_AT_ONCE = 1_000;
  private static final int ENTRIES_AT_ONCE = 16;
  private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// While many entries wait for vectors, new ones are found this late.
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int FEW = 200;

  private final EntryIndex index;
  private final Source source;
  private final Vectoring vectoring;
  private final LongSupplier nanoTime;
  private final ReentrantLock writing = new ReentrantLock();
  private final LinkedHashSet<String> missing = new LinkedHashSet<>();
  private volatile long version;
  private volatile boolean hasAll;
  private volatile boolean hasVectors;
  private volatile boolean isClosed;
  private boolean isDirty;
  private int entriesAtOnce = ENTRIES_AT_ONCE;
  private long committedAt;
  private long refreshedAt;

  /// Opens what is in a folder, or begins anew.
  Generation(Path folder, Source source, Vectoring vectoring, LongSupplier nanoTime)
      throws IOException {
    this.index = EntryIndex.open(folder);
    this.source = source;
    this.vectoring = vectoring;
    this.nanoTime = nanoTime;
    this.version = index.version();
    this.committedAt = nanoTime.getAsLong();
    this.refreshedAt = committedAt;
    missing.addAll(index.withoutPlace());
    hasVectors = missing.isEmpty();
  }

  Vectoring vectoring() {
    return vectoring;
  }

  /// True once it has seen everything and has vectors of it.
  boolean isWhole() {
    return hasAll && (hasVectors || !vectoring.isOn());
  }

  /// True while entries wait for vectors.
  boolean lacksVectors() {
    return vectoring.isOn() && !hasVectors;
  }

  /// The version up to which everything can be found.
  long version() {
    return version;
  }

  Found search(Question asked) {
    Question question = asked.inEnglishToo();
    boolean wantsWords = question.by() == Question.By.WORDS;
    try {
      Sought request = wantsWords ? null : sought(corrected(question.text()));
      IndexSearcher searcher = index.searchers().acquire();
      try {
        List<Found.Hit> hits = new Ranking(searcher, question, request).hits();
        return new Found(hits, request != null, isWhole());
      } finally {
        index.searchers().release(searcher);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("The index of meanings failed", failure);
    }
  }

  private @Nullable Sought sought(String request) {
    try {
      return vectoring.of(request);
    } catch (Embedder.NotTaken _) {
      return null;
    }
  }

  /// Nothing of the index is held while a model elsewhere is asked for a vector.
  private String corrected(String text) throws IOException {
    IndexSearcher searcher = index.searchers().acquire();
    try {
      return Spelling.corrected(text, searcher.getIndexReader(), vectoring::knows);
    } finally {
      index.searchers().release(searcher);
    }
  }

  /// Takes up some of what changed; answers whether there may be more.
  boolean follow() throws IOException {
    writing.lock();
    try {
      if (isClosed) {
        return false;
      }
      List<Source.Change> changes = source.after(version, CHANGES_AT_ONCE);
      for (Source.Change change : changes) {
        take(change);
      }
      if (!changes.isEmpty()) {
        index.refresh();
        isDirty = true;
        version = changes.getLast().version();
      }
      hasAll |= changes.size() < CHANGES_AT_ONCE;
      commitAtTimes();
      return changes.size() == CHANGES_AT_ONCE;
    } finally {
      writing.unlock();
    }
  }

  private void take(Source.Change change) throws IOException {
    Entry entry = change.entry().orElse(null);
    if (entry == null) {
      index.remove(change.key());
      missing.remove(change.key());
      return;
    }
    Optional<Place> place = index.known(entry);
    index.put(entry, place);
    if (place.isEmpty()) {
      missing.add(entry.key());
      hasVectors = false;
    } else {
      missing.remove(entry.key());
    }
  }

  /// Makes vectors for some that have none; answers whether any were made.
  boolean addVectors() throws IOException {
    List<Entry> entries = withoutVectors();
    if (entries.isEmpty()) {
      return false;
    }
    List<Place> places = List.of();
    boolean isRefused = false;
    try {
      places = vectoring.of(entries).orElse(places);
    } catch (Embedder.NotTaken _) {
      isRefused = true;
    }
    writing.lock();
    try {
      if (isClosed) {
        return false;
      }
      // Of several texts one that the model does not take is found by halves. It goes without,
      // until it is changed or the index is opened again.
      entriesAtOnce =
          isRefused
              ? Math.max(1, entries.size() / 2)
              : Math.min(ENTRIES_AT_ONCE, entriesAtOnce * 2);
      boolean isTriedAgain = !isRefused || entries.size() > 1;
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        if (places.isEmpty()) {
          if (isTriedAgain) {
            missing.add(entry.key());
          }
        } else if (!missing.contains(entry.key())
            && index.entry(entry.key()).filter(entry::equals).isPresent()) {
          // Else it was changed meanwhile, and what is there is newer.
          index.put(entry, Optional.of(places.get(i)));
        }
      }
      isDirty = true;
      long now = nanoTime.getAsLong();
      if (missing.size() < FEW || now - refreshedAt > REFRESH_NANOS) {
        index.refresh();
        refreshedAt = now;
      }
      hasVectors = missing.isEmpty();
      commitAtTimes();
      return !places.isEmpty();
    } finally {
      writing.unlock();
    }
  }

  private List<Entry> withoutVectors() throws IOException {
    writing.lock();
    try {
      var entries = new ArrayList<Entry>();
      if (!isClosed && vectoring.isLoaded()) {
        var keys = missing.iterator();
        while (keys.hasNext() && entries.size() < entriesAtOnce) {
          index.entry(keys.next()).ifPresent(entries::add);
          keys.remove();
        }
        hasVectors = missing.isEmpty() && entries.isEmpty();
      }
      return entries;
    } finally {
      writing.unlock();
    }
  }

  private void commitAtTimes() throws IOException {
    long now = nanoTime.getAsLong();
    if (isDirty && now - committedAt > COMMIT_NANOS) {
      index.commit(version);
      isDirty = false;
      committedAt = now;
    }
  }

  @Override
  public void close() throws IOException {
    writing.lock();
    try {
      if (!isClosed) {
        isClosed = true;
        try (index) {
          index.commit(version);
        }
      }
    } finally {
      writing.unlock();
    }
  }
}
