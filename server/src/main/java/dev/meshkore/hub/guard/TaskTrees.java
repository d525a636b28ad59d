package dev.meshkore.hub.guard;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Follows how a thread is handed on from agent to agent: who writes in it to somebody who was not
/// in it hands it on. Each agent that begins in a thread by itself has a tree of its own, so that a
/// stranger who knows a thread's name takes nothing from those who are in it. In memory, for an
/// hour after the last message. Not thread-safe: [Patterns] calls it, one call at a time.
final class TaskTrees {
  private static final int THREADS_MAX = 10_000;
  private static final int AGENTS_MAX = 2_000;
  private static final long KEPT_MS = 3_600_000;

  private record Place(long root, int depth) {}

  private static final class Tree {
    long lastAtMs;
    final Map<Long, Place> places = new HashMap<>();
    final Map<Long, Integer> counts = new HashMap<>();
  }

  private final GuardSettings settings;
  private final Map<String, Tree> trees =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tree> eldest) {
          return size() > THREADS_MAX;
        }
      };

  TaskTrees(GuardSettings resolved) {
    this.settings = resolved;
  }

  /// Notes a message; answers what is wrong where it hands its thread on too far. That one message
  /// is to be refused, and is not noted.
  Optional<Patterns.Finding> seen(SendRule.Letter letter) {
    String thread = letter.thread();
    if (settings.depth() + settings.breadth() == 0 || thread == null || letter.recipient() == 0) {
      return Optional.empty();
    }
    Tree tree = trees.computeIfAbsent(thread, _ -> new Tree());
    long now = letter.sentAtMs();
    if (now - tree.lastAtMs > KEPT_MS || tree.places.size() >= AGENTS_MAX) {
      tree.places.clear();
      tree.counts.clear();
    }
    tree.lastAtMs = now;
    Place from = tree.places.computeIfAbsent(letter.sender(), root -> new Place(root, 0));
    if (tree.places.containsKey(letter.recipient())) {
      return Optional.empty();
    }
    int count = tree.counts.getOrDefault(from.root(), 0) + 1;
    boolean isTooDeep = settings.depth() > 0 && from.depth() + 1 > settings.depth();
    boolean isTooBroad = settings.breadth() > 0 && count > settings.breadth();
    if (isTooDeep || isTooBroad) {
      String detail =
          isTooDeep
              ? "It was handed on " + from.depth() + " times, from one agent to the next"
              : "It was handed on to " + (count - 1) + " agents";
      return Optional.of(
          new Patterns.Finding(
              Scopes.thread(thread), isTooDeep ? "too-deep" : "too-broad", detail));
    }
    tree.places.put(letter.recipient(), new Place(from.root(), from.depth() + 1));
    tree.counts.put(from.root(), count);
    return Optional.empty();
  }
}
