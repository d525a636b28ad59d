package dev.meshkore.hub.meaning;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The indexes of the hub that search by meaning, and the threads that keep them up to date: one
/// that takes up words, and one that makes vectors. Thread-safe.
public final class Meaning implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Meaning.class.getName());
  private static final long WORDS_EVERY_MS = 100;
  private static final long VECTORS_EVERY_MS = 100;
  private static final long CLOSE_SECONDS = 5;

  private final Path folder;
  private final Model model;
  private final LongSupplier nanoTime;
  private final List<MeaningIndex> indexes = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, Vectoring> vectorings = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(
          2, Thread.ofPlatform().name("meaning-", 0).daemon().factory());

  /// Indexes by one model; what they keep is in the folder `meaning` of the data, which may be
  /// deleted while no hub runs.
  public Meaning(Path data, Model model, LongSupplier nanoTime) {
    this.folder = data.resolve("meaning");
    this.model = model;
    this.nanoTime = nanoTime;
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    threads.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /// An index of everything of a source, kept under a name.
  public MeaningIndex index(String name, Source source) {
    var index = new MeaningIndex(folder.resolve(name), source, this);
    indexes.add(index);
    return index;
  }

  /// Begins to open the indexes, to follow and to load the model; returns at once.
  public void start() {
    threads.execute(this::takeUpWords);
    threads.execute(this::makeVectors);
  }

  /// The model of new vectors.
  public Model model() {
    return model;
  }

  /// Where single texts point by the model of new vectors.
  public Directions directions() {
    return new Directions(vectoring(model));
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "The index of meanings is still at work");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    indexes.forEach(MeaningIndex::close);
    vectorings.values().forEach(Vectoring::close);
  }

  Vectoring vectoring(Model of) {
    return vectorings.computeIfAbsent(of.name(), _ -> new Vectoring(of, nanoTime));
  }

  /// The model of a name; where it is not known how to load it, one that has no vectors.
  Model named(String name) {
    Supplier<Embedder> unknown =
        () -> {
          throw new Embedder.NoVectors("The model is no longer configured");
        };
    return List.of(model, Model.OWN).stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElse(new Model(name, unknown));
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  private void takeUpWords() {
    boolean isMore = false;
    try {
      isMore = followOnce();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.DEBUG, "The index of meanings will follow later", failure);
    }
    again(this::takeUpWords, isMore ? 0 : WORDS_EVERY_MS);
  }

  /// Opens what is not open, and takes up some of what changed; answers whether there may be more.
  boolean followOnce() {
    boolean isMore = false;
    for (MeaningIndex index : indexes) {
      index.open();
      isMore |= index.follow();
    }
    return isMore;
  }

  private void makeVectors() {
    boolean isMore = false;
    try {
      isMore = addVectorsOnce();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.WARNING, "Vectors will be made later", failure);
    }
    again(this::makeVectors, isMore ? 0 : VECTORS_EVERY_MS);
  }

  /// Loads models that are wanted, and makes some vectors; answers whether any were made.
  boolean addVectorsOnce() {
    boolean isWanted = indexes.stream().anyMatch(MeaningIndex::lacksVectors);
    for (Vectoring one : vectorings.values()) {
      var _ = one.load(isWanted);
    }
    boolean isMore = false;
    for (MeaningIndex index : indexes) {
      isMore |= index.addVectors();
      if (index.isWhole()) {
        index.markWhole();
      }
    }
    return isMore;
  }

  private void again(Runnable step, long afterMs) {
    var _ = threads.schedule(step, afterMs, TimeUnit.MILLISECONDS);
  }
}
