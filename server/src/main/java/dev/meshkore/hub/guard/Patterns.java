package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Counts, in memory and for a minute at a time, what looks like agents gone wrong. It knows the
/// last hundred thousand agents and pairs; what it forgets begins again at nothing. Thread-safe.
final class Patterns {
  /// What was seen, and where to stop it.
  ///
  /// @param scope what to stop
  /// @param reason why, in a word
  /// @param detail why, in a sentence
  record Finding(String scope, String reason, String detail) {}

  private static final int KEPT_MAX = 100_000;
  private static final int RECENT = 16;
  private static final long MINUTE_MS = 60_000;
  private static final long TURN_MS = 1_000;

  /// Who speaks with whom, or in which channel: of a pair the smaller number first; of a channel
  /// its number below zero.
  private record Place(long one, long other) {
    static Place of(SendRule.Letter letter) {
      return letter.channel() != 0
          ? new Place(-letter.channel(), 0)
          : new Place(
              Math.min(letter.sender(), letter.recipient()),
              Math.max(letter.sender(), letter.recipient()));
    }
  }

  private static final class Exchange {
    long since;
    long lastSender;
    long senderBefore;
    long lastAtMs;
    int turns;
  }

  private static final class Habit {
    long since;
    int hash;
    Place place = new Place(0, 0);
    int repeats;
    int newRecipients;
    int sent;
    int refused;
    final long[] recent = new long[RECENT];
    int next;
  }

  private final GuardSettings settings;
  private final Crowds crowds;
  private final Map<Place, Exchange> exchanges = bounded();
  private final Map<Long, Habit> habits = bounded();

  Patterns(GuardSettings resolved) {
    this.settings = resolved;
    this.crowds = new Crowds(resolved);
  }

  boolean isOn() {
    return settings.hasThresholds();
  }

  /// Counts a message; answers what is wrong once a threshold is passed, and counts anew.
  ///
  /// @param owner what the sender's owner is called
  synchronized Optional<Finding> seen(
      Transaction transaction, SendRule.Letter letter, Relations relations, Optional<String> owner)
      throws SQLException {
    Habit habit = habit(letter.sender(), letter.sentAtMs());
    habit.sent++;
    Optional<Finding> found = crowds.sent(Scopes.HUB, letter.sentAtMs());
    if (owner.isPresent()) {
      Optional<Finding> ofOwner = crowds.sent(owner.get(), letter.sentAtMs());
      found = found.isPresent() ? found : ofOwner;
    }
    if (found.isEmpty()) {
      found = turn(letter);
    }
    if (found.isEmpty()) {
      found = repeat(habit, letter);
    }
    if (found.isEmpty()) {
      found = spread(transaction, letter, relations, habit, owner);
    }
    return found;
  }

  /// Counts a message that was refused.
  ///
  /// @param with the crowds with which it is counted
  synchronized Optional<Finding> refused(
      long sender, String senderId, long atMs, List<String> with) {
    Optional<Finding> found = refused(sender, senderId, atMs);
    for (String crowd : with) {
      Optional<Finding> ofCrowd = crowds.refused(crowd, atMs);
      found = ofCrowd.isPresent() ? ofCrowd : found;
    }
    return found;
  }

  private Optional<Finding> refused(long sender, String senderId, long atMs) {
    Habit habit = habit(sender, atMs);
    habit.refused++;
    boolean isMost = habit.refused * 5L >= Math.max(habit.sent, habit.refused) * 4L;
    if (settings.refusals() == 0 || habit.refused < settings.refusals() || !isMost) {
      return Optional.empty();
    }
    int refused = habit.refused;
    habit.refused = 0;
    habit.sent = 0;
    return Optional.of(
        new Finding(
            "agent:" + senderId,
            "errors",
            refused + " of the messages of " + senderId + " were refused within a minute"));
  }

  /// Two that answer each other within a second, again and again. In a channel two are enough, too:
  /// each speaks right after the other.
  private Optional<Finding> turn(SendRule.Letter letter) {
    if (settings.turns() == 0) {
      return Optional.empty();
    }
    long now = letter.sentAtMs();
    Exchange exchange = exchanges.computeIfAbsent(Place.of(letter), _ -> new Exchange());
    if (now - exchange.since > MINUTE_MS || now < exchange.since) {
      exchange.since = now;
      exchange.turns = 0;
    }
    boolean isOther = exchange.lastSender != 0 && exchange.lastSender != letter.sender();
    boolean isBackAgain = letter.channel() == 0 || exchange.senderBefore == letter.sender();
    if (isOther && isBackAgain && now - exchange.lastAtMs <= TURN_MS) {
      exchange.turns++;
    }
    if (isOther) {
      exchange.senderBefore = exchange.lastSender;
    }
    exchange.lastSender = letter.sender();
    exchange.lastAtMs = now;
    if (exchange.turns < settings.turns()) {
      return Optional.empty();
    }
    int turns = exchange.turns;
    exchange.turns = 0;
    String scope = Scopes.place(letter);
    return Optional.of(
        new Finding(
            scope,
            "ping-pong",
            turns + " messages in " + scope + " answered each other within a second each"));
  }

  private Optional<Finding> repeat(Habit habit, SendRule.Letter letter) {
    // What was signed is new each time, unless others bring the same again.
    if (settings.repeats() == 0 || letter.isSigned()) {
      return Optional.empty();
    }
    int hash = hash(letter);
    Place place = Place.of(letter);
    if (habit.hash == hash && habit.place.equals(place)) {
      habit.repeats++;
    } else {
      habit.hash = hash;
      habit.place = place;
      habit.repeats = 1;
    }
    if (habit.repeats < settings.repeats()) {
      return Optional.empty();
    }
    int repeats = habit.repeats;
    habit.repeats = 0;
    return Optional.of(
        new Finding(
            "agent:" + letter.senderId(),
            "repeats",
            letter.senderId() + " sent the same " + repeats + " times within a minute"));
  }

  private Optional<Finding> spread(
      Transaction transaction,
      SendRule.Letter letter,
      Relations relations,
      Habit habit,
      Optional<String> owner)
      throws SQLException {
    if (settings.recipients() == 0 || letter.channel() != 0 || isRecent(habit, letter)) {
      return Optional.empty();
    }
    habit.recent[habit.next] = letter.recipient();
    habit.next = (habit.next + 1) % RECENT;
    if (relations.hasWritten(transaction, letter.sender(), letter.recipient())) {
      return Optional.empty();
    }
    habit.newRecipients++;
    Optional<Finding> ofOwner = owner.flatMap(scope -> crowds.spread(scope, letter.sentAtMs()));
    if (habit.newRecipients < settings.recipients()) {
      return ofOwner;
    }
    int count = habit.newRecipients;
    habit.newRecipients = 0;
    return Optional.of(
        new Finding(
            "agent:" + letter.senderId(),
            "fan-out",
            letter.senderId() + " wrote to " + count + " agents for the first time in a minute"));
  }

  private static boolean isRecent(Habit habit, SendRule.Letter letter) {
    return Arrays.stream(habit.recent).anyMatch(agent -> agent == letter.recipient());
  }

  private Habit habit(long sender, long now) {
    Habit habit = habits.computeIfAbsent(sender, _ -> new Habit());
    if (now - habit.since > MINUTE_MS || now < habit.since) {
      habit.since = now;
      habit.repeats = 0;
      habit.newRecipients = 0;
      habit.sent = 0;
      habit.refused = 0;
    }
    return habit;
  }

  private static int hash(SendRule.Letter letter) {
    int hash = 1;
    for (int i = 0; i < letter.payloadLength(); i++) {
      hash = 31 * hash + letter.source()[letter.payloadStart() + i];
    }
    return hash;
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > KEPT_MAX;
      }
    };
  }
}
