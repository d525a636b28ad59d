package dev.meshkore.hub.market;

import dev.meshkore.hub.meaning.Directions;
import dev.meshkore.hub.meaning.Embedder;
import dev.meshkore.hub.meaning.Entry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// How near what is new comes to what wishes mean. Reading a text takes milliseconds of a core, and
/// longer where the model is elsewhere or is not loaded yet, so nobody asks who holds the database
/// or answers a caller. Thread-safe.
final class FeedMeanings {
  /// From here on something is near enough, by measurement: docs/benchmarks.md has the table.
  static final double NEAR = 0.40;

  /// How many texts' directions are kept, so that one which is looked at again, as in its next
  /// version or when its notice is written, is read once.
  private static final int TEXTS_KEPT = 500;

  private final Directions directions;
  private final ReentrantLock keeping = new ReentrantLock();
  private final LinkedHashMap<Novelty.Said, float[]> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Novelty.Said, float[]> eldest) {
          return size() > TEXTS_KEPT;
        }
      };

  FeedMeanings(Directions directions) {
    this.directions = directions;
  }

  /// False where words alone will ever decide.
  boolean isOn() {
    return directions.isOn();
  }

  /// True where the model failed a moment ago, and is left alone for a while.
  boolean isAway() {
    return directions.isAway();
  }

  /// Names the model by which wishes are read.
  String model() {
    return directions.model();
  }

  /// Reads a wish; empty where that cannot be done now.
  ///
  /// @throws Embedder.NotTaken where the model does not take it, and may take others
  Optional<FeedMeaning> read(FeedWish wish) {
    float[] services = null;
    float[] requests = null;
    if (wish.of().contains(FeedWish.What.SERVICES)) {
      services = directions.ofRequest(wish.query()).orElse(null);
      if (services == null) {
        return Optional.empty();
      }
    }
    if (wish.of().contains(FeedWish.What.REQUESTS)) {
      requests = directions.ofEntry(entry(wish.query(), List.of(), "")).orElse(null);
      if (requests == null) {
        return Optional.empty();
      }
    }
    return Optional.of(new FeedMeaning(services, requests));
  }

  private static Entry entry(String name, List<String> tags, String text) {
    return new Entry("", name, tags, text, List.of(), List.of(), Map.of());
  }

  /// How near something comes to a wish; empty where that is not known now.
  OptionalDouble nearness(@Nullable FeedMeaning wish, Novelty.Traits traits) {
    float[] wanted = wish == null ? null : wish.of(traits.what());
    return wanted == null
        ? OptionalDouble.empty()
        : nearness(wanted, direction(traits).orElse(null));
  }

  /// The same of something whose direction is known.
  static OptionalDouble nearness(float[] wanted, float @Nullable [] direction) {
    return direction == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(Directions.nearness(wanted, direction));
  }

  /// Where something points; empty where that is not known now. Examples of what it is for do not
  /// count: whoever lists everything would come to every feed.
  Optional<float[]> direction(Novelty.Traits traits) {
    Novelty.Said said = traits.said();
    float[] before = kept(said);
    if (before != null) {
      return Optional.of(before);
    }
    try {
      Optional<float[]> made =
          switch (traits.what()) {
            case SERVICES -> directions.ofEntry(entry(said.name(), said.tags(), said.text()));
            case REQUESTS -> directions.ofRequest((said.name() + ". " + said.text()).strip());
          };
      made.ifPresent(direction -> keep(said, direction));
      return made;
    } catch (Embedder.NotTaken _) {
      return Optional.empty();
    }
  }

  private float @Nullable [] kept(Novelty.Said said) {
    keeping.lock();
    try {
      return kept.get(said);
    } finally {
      keeping.unlock();
    }
  }

  private void keep(Novelty.Said said, float[] direction) {
    keeping.lock();
    try {
      kept.put(said, direction);
    } finally {
      keeping.unlock();
    }
  }
}
