package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The mail of one agent, each message handed out once by this process, and acknowledged when all
/// up to it are done: what was not done when the process ended comes again. Thread-safe.
final class Mailbox {
  private static final Duration LONGEST_POLL = Duration.ofSeconds(30);

  private final HubCalls calls;
  private final Login login;
  private final Reader reader;
  // Fair, so that of several who wait for mail none is passed over.
  private final ReentrantLock lock = new ReentrantLock(true);
  private final ArrayDeque<Message> waiting = new ArrayDeque<>();
  private final TreeSet<Long> open = new TreeSet<>();
  private long fetched = -1;
  private long acknowledged = -1;

  /// Decrypts a message where it is encrypted.
  interface Reader {
    Message read(Message received);
  }

  Mailbox(HubCalls calls, Login login, Reader reader) {
    this.calls = calls;
    this.login = login;
    this.reader = reader;
  }

  /// The first message that fits; empty when none came in time.
  Optional<Message> next(Predicate<Message> wanted, Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    boolean asked = false;
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      lock.lock();
      try {
        Optional<Message> found = take(wanted);
        if (found.isPresent()) {
          return found;
        }
        if (asked && left.isZero()) {
          return Optional.empty();
        }
        fetch(left);
        asked = true;
      } finally {
        lock.unlock();
      }
    }
  }

  /// Says that a message is done with.
  void done(Message message) {
    lock.lock();
    try {
      if (!open.remove(message.sequence())) {
        return;
      }
      long upTo = open.isEmpty() ? fetched : open.first() - 1;
      if (upTo > acknowledged) {
        ObjectNode body = Json.object();
        body.put("sequence", upTo);
        var unused = calls.answer(Call.post("/messages/ack", body, Twice.HARMLESS), login);
        acknowledged = upTo;
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Message> take(Predicate<Message> wanted) {
    Iterator<Message> all = waiting.iterator();
    while (all.hasNext()) {
      Message message = all.next();
      if (wanted.test(message)) {
        all.remove();
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  private void fetch(Duration wait) {
    Duration held = wait.compareTo(LONGEST_POLL) < 0 ? wait : LONGEST_POLL;
    // The hub counts whole seconds; a shorter wait than one is rounded up.
    long seconds = held.isZero() ? 0 : Math.max(1, held.toSeconds());
    String from = fetched < 0 ? "" : "&acknowledge=false&after=" + fetched;
    JsonNode inbox =
        calls.answer(
            Call.get("/messages?wait=" + seconds + from).held(Duration.ofSeconds(seconds)), login);
    // All are read before one is taken over: to read may fail, and then all come again.
    var messages = new ArrayList<Message>();
    for (JsonNode json : inbox.path("messages")) {
      messages.add(reader.read(Message.read(json)));
    }
    for (Message message : messages) {
      open.add(message.sequence());
      waiting.add(message);
    }
    fetched = Math.max(fetched, inbox.path("after").asLong(0));
  }

  /// Hands the messages out one after the other; the one before is done when the next is asked for.
  Iterator<Message> iterator(Duration idle) {
    return new Iterator<>() {
      private @Nullable Message inHand;
      private @Nullable Message ahead;

      @Override
      public boolean hasNext() {
        if (inHand != null) {
          done(inHand);
          inHand = null;
        }
        if (ahead == null) {
          ahead = Mailbox.this.next(any -> true, idle).orElse(null);
        }
        return ahead != null;
      }

      @Override
      public Message next() {
        if (!hasNext() || ahead == null) {
          throw new NoSuchElementException();
        }
        Message message = ahead;
        inHand = message;
        ahead = null;
        return message;
      }
    };
  }
}
