package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;

/// Everything of one source, found by words, by meaning and by example requests at once. It follows
/// the source by itself: what is committed can be found by words within a second, and by meaning
/// when its vectors are made. Before the index is open nothing is found, and after a change of the
/// model the old one is searched until the new one is whole. Thread-safe.
public final class MeaningIndex {
  private static final System.Logger LOG = System.getLogger(MeaningIndex.class.getName());

  private final Path folder;
  private final Source source;
  private final Meaning meaning;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile @Nullable Generation served;
  private volatile @Nullable Generation next;
  private boolean isClosed;

  MeaningIndex(Path folder, Source source, Meaning meaning) {
    this.folder = folder;
    this.source = source;
    this.meaning = meaning;
  }

  /// The best hits for a question.
  public Found search(Question question) {
    try {
      Generation now = served;
      return now == null ? new Found(List.of(), false, false) : now.search(question);
    } catch (AlreadyClosedException _) {
      // Just now another took its place, or the hub ends.
      Generation now = served;
      return now == null ? new Found(List.of(), false, false) : now.search(question);
    }
  }

  /// The version of the source up to which everything can be found by words.
  public long version() {
    Generation now = served;
    return now == null ? 0 : now.version();
  }

  /// True while everything of the source can be found by words and by meaning.
  public boolean isWhole() {
    Generation now = served;
    return now != null && next == null && now.isWhole();
  }

  /// True while vectors are to be made.
  boolean lacksVectors() {
    return Stream.of(Optional.ofNullable(served), Optional.ofNullable(next))
        .flatMap(Optional::stream)
        .anyMatch(Generation::lacksVectors);
  }

  /// Takes up what changed; answers whether there may be more.
  boolean follow() {
    return each(Generation::follow);
  }

  /// Makes vectors that are missing; answers whether any were made.
  boolean addVectors() {
    boolean isMade = each(Generation::addVectors);
    Generation coming = next;
    if (coming != null && coming.isWhole()) {
      swap(coming);
    }
    return isMade;
  }

  /// Opens what there is.
  void open() {
    changing.lock();
    try {
      if (isClosed || served != null) {
        return;
      }
      Model model = meaning.model();
      Path wanted = folder.resolve(nameOf(model));
      Path other = Files.exists(wanted.resolve("whole")) ? null : other(wanted);
      Generation own = generation(wanted, meaning.vectoring(model));
      if (other == null) {
        served = own;
      } else {
        String before = Files.readString(other.resolve("model"));
        served = generation(other, meaning.vectoring(meaning.named(before)));
        next = own;
      }
    } catch (IOException | RuntimeException failure) {
      LOG.log(System.Logger.Level.ERROR, "The index of meanings cannot be opened", failure);
    } finally {
      changing.unlock();
    }
  }

  void close() {
    changing.lock();
    try {
      isClosed = true;
      close(served);
      close(next);
    } finally {
      changing.unlock();
    }
  }

  /// What is done with a generation.
  @FunctionalInterface
  private interface Step {
    boolean take(Generation generation) throws IOException;
  }

  private boolean each(Step step) {
    boolean isAny = false;
    List<Generation> all =
        Stream.of(Optional.ofNullable(served), Optional.ofNullable(next))
            .flatMap(Optional::stream)
            .toList();
    for (Generation one : all) {
      try {
        isAny |= step.take(one);
      } catch (IOException failure) {
        LOG.log(System.Logger.Level.WARNING, "The index of meanings will follow later", failure);
      }
    }
    return isAny;
  }

  private Generation generation(Path path, Vectoring vectoring) throws IOException {
    Files.createDirectories(path);
    Files.writeString(path.resolve("model"), vectoring.model().name());
    return new Generation(path.resolve("index"), source, vectoring, meaning.nanoTime());
  }

  /// A whole index of another model.
  private @Nullable Path other(Path wanted) throws IOException {
    if (!Files.exists(folder)) {
      return null;
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(path -> !path.equals(wanted) && Files.exists(path.resolve("whole")))
          .findFirst()
          .orElse(null);
    }
  }

  private void swap(Generation coming) {
    changing.lock();
    try {
      if (isClosed) {
        return;
      }
      Generation before = served;
      served = coming;
      next = null;
      close(before);
      markWhole();
    } finally {
      changing.unlock();
    }
  }

  /// Notes that this model's index serves, and deletes those of others.
  void markWhole() {
    Path own = folder.resolve(nameOf(meaning.model()));
    try {
      Path mark = own.resolve("whole");
      if (next == null && !Files.exists(mark)) {
        Files.writeString(mark, "");
        try (Stream<Path> found = Files.list(folder)) {
          found.filter(path -> !path.equals(own)).forEach(MeaningIndex::delete);
        }
      }
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.WARNING, "An old index of meanings stays", failure);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.WARNING, "An old index of meanings stays", failure);
    }
  }

  private static void close(@Nullable Generation generation) {
    try {
      if (generation != null) {
        generation.close();
      }
    } catch (IOException failure) {
      LOG.log(
          System.Logger.Level.WARNING, "The index of meanings will be read from earlier", failure);
    }
  }

  private static String nameOf(Model model) {
    return UUID.nameUUIDFromBytes(model.name().getBytes(StandardCharsets.UTF_8)).toString();
  }
}
