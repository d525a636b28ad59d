package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Follows how a thread is handed on from agent to agent: who writes in it to somebody who was not
/// in it hands it on. Each agent that begins in a thread by itself has a tree of its own, so that a
/// stranger who knows a thread's name takes nothing from those who are in it. In memory, for an
/// hour after the last message. Thread-safe.
final class TaskTrees implements SendRule {
  private static final int THREADS_MAX = 10_000;
  private static final int AGENTS_MAX = 2_000;
  private static final long KEPT_MS = 3_600_000;

  private record Place(long root, int depth) {}

  private static final class Tree {
    long lastAtMs;
    final Map<Long, Place> places = new HashMap<>();
    final Map<Long, Integer> counts = new HashMap<>();

    boolean isOver(long now) {
      return now - lastAtMs > KEPT_MS || places.size() >= AGENTS_MAX;
    }

    /// Where an agent is, or would be if it began by itself.
    Place from(long agent) {
      return places.getOrDefault(agent, new Place(agent, 0));
    }
  }

  private final GuardSettings settings;
  private final Breakers breakers;
  private final Map<String, Tree> trees =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tree> eldest) {
          return size() > THREADS_MAX;
        }
      };

  TaskTrees(GuardSettings settings, Breakers breakers) {
    this.settings = settings.resolved();
    this.breakers = breakers;
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return recipient != 0 && settings.depth() + settings.breadth() > 0;
  }

  /// Refuses the one message that hands its thread on too far.
  @Override
  public void check(Transaction transaction, Letter letter, Relations relations) {
    refuse(letter, tooFar(letter));
  }

  /// Notes whom a message brings in, once nothing else refuses it: a message that does not reach
  /// somebody must not say from whom that one has the thread.
  @Override
  public void passed(Letter letter) {
    refuse(letter, place(letter));
  }

  private void refuse(Letter letter, Optional<Patterns.Finding> found) {
    if (found.isPresent()) {
      throw breakers.refusal(found.get(), letter.sender(), letter.sentAtMs());
    }
  }

  private synchronized Optional<Patterns.Finding> tooFar(Letter letter) {
    String thread = letter.thread();
    Tree tree = thread == null ? null : trees.get(thread);
    if (thread == null
        || tree == null
        || tree.isOver(letter.sentAtMs())
        || tree.places.containsKey(letter.recipient())) {
      return Optional.empty();
    }
    Place from = tree.from(letter.sender());
    int count = tree.counts.getOrDefault(from.root(), 0) + 1;
    boolean isTooDeep = settings.depth() > 0 && from.depth() + 1 > settings.depth();
    boolean isTooBroad = settings.breadth() > 0 && count > settings.breadth();
    if (!isTooDeep && !isTooBroad) {
      return Optional.empty();
    }
    String detail =
        isTooDeep
            ? "It was handed on " + from.depth() + " times, from one agent to the next"
            : "It was handed on to " + (count - 1) + " agents";
    return Optional.of(
        new Patterns.Finding(Scopes.thread(thread), isTooDeep ? "too-deep" : "too-broad", detail));
  }

  /// Another message may have been noted since the check, so it is looked at again.
  private synchronized Optional<Patterns.Finding> place(Letter letter) {
    Optional<Patterns.Finding> found = tooFar(letter);
    String thread = letter.thread();
    if (thread == null || found.isPresent()) {
      return found;
    }
    Tree tree = trees.computeIfAbsent(thread, _ -> new Tree());
    if (tree.isOver(letter.sentAtMs())) {
      tree.places.clear();
      tree.counts.clear();
    }
    tree.lastAtMs = letter.sentAtMs();
    Place from = tree.from(letter.sender());
    tree.places.putIfAbsent(letter.sender(), from);
    var to = new Place(from.root(), from.depth() + 1);
    if (tree.places.putIfAbsent(letter.recipient(), to) == null) {
      tree.counts.merge(from.root(), 1, Integer::sum);
    }
    return Optional.empty();
  }
}
