package dev.meshkore.hub.market;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// All feeds of the hub in memory, by what something must have to fit them. Each lies under one
/// thing that it asks for, the one that the fewest others lie under, so that what is new is held
/// against a few feeds and not against all. Not thread-safe.
final class FeedIndex {
  private static final String ALL = "all";

  private record Placed(Feed feed, String under) {}

  private final Map<Long, Placed> feeds = new HashMap<>();
  private final Map<String, Set<Long>> under = new HashMap<>();
  private final TreeMap<Long, Integer> since = new TreeMap<>();

  /// Puts a feed in the place of what it was before.
  void put(Feed feed) {
    remove(feed.number());
    String place = place(feed.wish());
    feeds.put(feed.number(), new Placed(feed, place));
    under.computeIfAbsent(place, _ -> new HashSet<>()).add(feed.number());
    since.merge(feed.since(), 1, Integer::sum);
  }

  void remove(long number) {
    Placed old = feeds.remove(number);
    if (old != null) {
      under.computeIfPresent(
          old.under(),
          (_, numbers) -> {
            numbers.remove(number);
            return numbers.isEmpty() ? null : numbers;
          });
      since.computeIfPresent(old.feed().since(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /// The change before which nothing concerns any feed; empty where there is no feed.
  OptionalLong oldest() {
    return since.isEmpty() ? OptionalLong.empty() : OptionalLong.of(since.firstKey());
  }

  /// The feeds that something may fit, in the order of their numbers: it does by words and filters,
  /// and of those that go by meaning by filters.
  List<Feed> fitting(Novelty.Traits traits) {
    var found = new ArrayList<Feed>();
    for (String place : places(traits)) {
      for (long number : under.getOrDefault(place, Set.of())) {
        Placed placed = feeds.get(number);
        if (placed != null && placed.feed().wish().mayFit(traits)) {
          found.add(placed.feed());
        }
      }
    }
    found.sort(Comparator.comparingLong(Feed::number));
    return found;
  }

  private String place(FeedWish wish) {
    if (wish.by().isPresent()) {
      return "by:" + wish.by().get();
    }
    // What is meant need not be said.
    Set<String> words = wish.goesByMeaning() ? Set.of() : wish.words();
    return words.stream()
        .map(word -> "word:" + word)
        .min(Comparator.comparingInt(this::crowd).thenComparing(Comparator.naturalOrder()))
        .or(() -> wish.category().map(category -> "in:" + category))
        .or(() -> wish.kind().map(kind -> "kind:" + kind.word()))
        .orElse(ALL);
  }

  private int crowd(String place) {
    return under.getOrDefault(place, Set.of()).size();
  }

  private static Set<String> places(Novelty.Traits traits) {
    Set<String> places = new LinkedHashSet<>();
    places.add(ALL);
    places.add("by:" + traits.by());
    places.add("kind:" + traits.kind());
    String category = traits.category();
    for (int end = category.length(); end > 0; end = category.lastIndexOf('/', end - 1)) {
      places.add("in:" + category.substring(0, end));
    }
    traits.words().forEach(word -> places.add("word:" + word));
    return places;
  }
}
