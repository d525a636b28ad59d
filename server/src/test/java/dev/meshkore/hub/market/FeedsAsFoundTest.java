package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was found for a feed by meaning and waits, and what becomes of it where the model is gone.
final class FeedsAsFoundTest {
  private static final String WISH = "violin teacher for patient grown beginners";
  private static final String NEAR = "Patient violin teacher of beginners";
  private static final String MAPS = "Printed maps of villages";
  private static final Duration PAUSE = Duration.ofSeconds(31);

  private static String feed(Caller agent, String of) {
    String wish = "{\"query\":\"" + WISH + "\",\"by\":\"meaning\",\"of\":[" + of + "]}";
    return agent.post(201, "/feeds", wish).get("feed_id").stringValue();
  }

  private static String sell(Caller seller, String name, String description) {
    String draft =
        """
        {"name":"%s","description":"%s","price":{"asset":"EUR","amount":"9","unit":"hour"}}
        """
            .formatted(name, description);
    return seller.post(201, "/services", draft).get("service_id").stringValue();
  }

  /// Nobody writes to whoever waits here.
  private static void await(Caller idle, BooleanSupplier isSo) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!isSo.getAsBoolean() && Instant.now().isBefore(deadline)) {
      idle.patiently("/messages?wait=1&after=0");
    }
    assertThat(isSo.getAsBoolean()).isTrue();
  }

  private static List<String> waiting(TestHub hub) {
    return hub.texts("SELECT item FROM market_feed_match WHERE state = 'waiting' ORDER BY number");
  }

  private static String tellAt(TestHub hub) {
    return hub.texts("SELECT COALESCE(tell_at, 0) FROM market_feed").getFirst();
  }

  /// With room for one message in each inbox, so that what is told waits until it is read.
  private static Map<String, String> settings(Map<String, String> database, String... more) {
    var settings = new HashMap<>(database);
    settings.put("unread-max", "1");
    for (int i = 0; i < more.length; i += 2) {
      settings.putIfAbsent(more[i], more[i + 1]);
    }
    return settings;
  }

  private static Map<String, String> with(Map<String, String> settings, PlayedEmbeddings model) {
    var all = new HashMap<>(settings);
    all.putAll(model.settings("m"));
    return all;
  }

  /// Fills inboxes and lists something that fits; no more is told before they are read.
  private static String fill(TestHub hub, Caller bob, Caller idle, Caller... readers) {
    for (Caller reader : readers) {
      bob.send(reader.id(), "Your inbox is full now");
    }
    String first = sell(bob, "Lessons", NEAR);
    String told = "SELECT message_id FROM market_feed WHERE message_id IS NOT NULL";
    await(idle, () -> hub.texts(told).size() == readers.length);
    return first;
  }

  /// All that an agent is told of up to the last, after it has read what is in its inbox.
  private static List<String> next(TestHub hub, Caller reader, String last) {
    FeedsTest.acknowledge(reader);
    hub.advance(PAUSE);
    return FeedsTest.told(hub, reader, last);
  }

  @Test
  void nothingIsReadForAFeedWhoseAgentCannotBeTold() {
    for (Map<String, String> database : TestDatabase.settings()) {
      try (var model = new PlayedEmbeddings();
          TestHub hub = TestHub.start(with(settings(database), model))) {
        postpone(hub, model);
      }
    }
  }

  private static void postpone(TestHub hub, PlayedEmbeddings model) {
    List<Caller> all = Stall.join(hub, "alice", "bob", "idle");
    Caller alice = all.get(0);
    Caller bob = all.get(1);
    Caller idle = all.get(2);
    feed(alice, "\"services\",\"requests\"");
    String first = fill(hub, bob, idle, alice);
    String second = sell(bob, "More lessons", NEAR + " at home");
    await(idle, () -> waiting(hub).equals(List.of(second)));
    assertThat(model.asked(WISH)).as("as a request once, as a name and a text once").isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      String before = tellAt(hub);
      hub.advance(PAUSE);
      await(idle, () -> !tellAt(hub).equals(before));
    }
    assertThat(waiting(hub)).containsExactly(second);
    assertThat(next(hub, alice, first)).containsExactly(first);
    assertThat(next(hub, alice, second)).containsExactly(first, second);
    assertThat(model.asked(WISH)).isEqualTo(3);
  }

  @Test
  void withoutAModelWordsDecideOfWhatWaits(@TempDir Path folder) {
    for (Map<String, String> database : TestDatabase.settings()) {
      Map<String, String> settings =
          settings(database, "data", folder.resolve("hub-" + database.size()).toString());
      List<String> keys;
      String first;
      try (var model = new PlayedEmbeddings();
          TestHub hub = TestHub.start(with(settings, model))) {
        List<Caller> all = Stall.join(hub, "alice", "bob", "idle");
        keys = all.stream().map(Caller::key).toList();
        feed(all.get(0), "\"services\"");
        first = fill(hub, all.get(1), all.get(2), all.get(0));
        String second = sell(all.get(1), "More lessons", NEAR + " at home");
        await(all.get(2), () -> waiting(hub).equals(List.of(second)));
      }
      try (TestHub hub = TestHub.start(settings)) {
        Caller alice = Caller.of(hub, "alice", keys.get(0));
        assertThat(next(hub, alice, first)).containsExactly(first);
        String third = sell(Caller.of(hub, "bob", keys.get(1)), "By words", "I am a " + WISH);
        assertThat(next(hub, alice, third)).containsExactly(first, third);
      }
    }
  }

  @Test
  void whileAModelIsAwayWhatWasFoundIsToldUnlessItOrTheWishWasChanged() {
    for (Map<String, String> database : TestDatabase.settings()) {
      try (var model = new PlayedEmbeddings();
          TestHub hub = TestHub.start(with(settings(database), model))) {
        away(hub, model);
      }
    }
  }

  private static void away(TestHub hub, PlayedEmbeddings model) {
    List<Caller> all = Stall.join(hub, "alice", "bob", "carol", "idle");
    Caller alice = all.get(0);
    Caller bob = all.get(1);
    Caller carol = all.get(2);
    feed(alice, "\"services\"");
    String hers = feed(carol, "\"services\"");
    String first = fill(hub, bob, all.get(3), alice, carol);
    String second = sell(bob, "More lessons", NEAR + " at home");
    String third = sell(bob, "Last lessons", NEAR + " at school");
    await(all.get(3), () -> waiting(hub).size() == 4);
    model.becomes(_ -> 503);
    carol.call(200, "PATCH", "/feeds/" + hers, "{\"query\":\"maps of villages\"}");
    String other = "{\"description\":\"Second-hand bicycles\"}";
    bob.call(200, "PATCH", "/services/" + third, other);
    assertThat(next(hub, carol, first)).containsExactly(first);
    String maps = sell(bob, "Maps", MAPS);
    assertThat(next(hub, carol, maps)).containsExactly(first, maps);
    assertThat(next(hub, alice, first)).containsExactly(first);
    String last = sell(bob, "By words", "I am a " + WISH);
    assertThat(next(hub, alice, last)).containsExactly(first, second, last);
  }
}
