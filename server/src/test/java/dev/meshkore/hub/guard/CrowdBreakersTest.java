package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What agents may do together.
final class CrowdBreakersTest {
  private static final int AGENTS_OF_AN_OWNER = 6;

  private static GuardSettings settings(int recipients, int refusals) {
    return new GuardSettings(0, 0, 0, 0, recipients, refusals, 0, 0, 0, 0, 0, 0, 0, 90).resolved();
  }

  @Test
  void refusalsOfManyAddUpAndOthersAreNotConcerned() {
    var crowds = new Crowds(settings(0, 4));
    Optional<Patterns.Finding> found = Optional.empty();
    for (int i = 0; i < 20; i++) {
      assertThat(found).as("after " + i).isEmpty();
      found = crowds.refused("owner:one", i);
    }
    assertThat(found.orElseThrow().reason()).isEqualTo("errors");
    assertThat(crowds.refused("owner:other", 20)).isEmpty();
    // Where most are taken, some refusals are no fault; and a minute later all begins anew.
    for (int i = 0; i < 60; i++) {
      crowds.sent("owner:good", i);
      crowds.sent("owner:good", i);
      assertThat(crowds.refused("owner:good", i)).isEmpty();
    }
    for (int i = 0; i < 19; i++) {
      assertThat(crowds.refused("owner:slow", i)).isEmpty();
    }
    assertThat(crowds.refused("owner:slow", 60_001)).isEmpty();
  }

  @Test
  void agentsOfOneOwnerAreStoppedTogetherAndTheOwnerIsTold() {
    try (TestHub hub = TestHub.start(Map.of("breaker-owner-messages", "12"))) {
      var people = new People(hub);
      String ada = people.owner("Ada");
      String eve = people.owner("Eve");
      String id = people.ownerId(ada);
      var keys = new String[AGENTS_OF_AN_OWNER];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = people.agentOf(ada, "agent" + i);
      }
      String other = people.agentOf(eve, "other");
      int sent = 0;
      int status = 201;
      while (status == 201) {
        status = people.send(keys[sent % keys.length], "other", sent);
        sent += status == 201 ? 1 : 0;
      }
      assertThat(status).isEqualTo(429);
      assertThat(sent).isEqualTo(11);
      for (String key : keys) {
        assertThat(people.refusal(key, "other").get("scope").stringValue())
            .isEqualTo("owner:" + id);
      }
      assertThat(people.send(other, "agent0", 0)).isEqualTo(201);
      var event = people.firstEvent(ada);
      assertThat(event.get("notice").stringValue()).isEqualTo("circuit-open");
      assertThat(event.get("scope").stringValue()).isEqualTo("owner:" + id);
      assertThat(event.get("reason").stringValue()).isEqualTo("flood");
      assertThat(event.get("what_to_do").stringValue()).isNotEmpty();
      assertThat(people.ask(200, "GET", "/owners/me/events", eve, null).get("events")).isEmpty();
      assertThat(people.leaves()).contains("breaker.tripped owner:" + id);
      hub.advance(Duration.ofSeconds(61));
      assertThat(people.send(keys[0], "other", 99)).isEqualTo(201);
    }
  }

  @Test
  void theHubClosesWhenAllAreTooMuch() {
    try (TestHub hub = TestHub.start(Map.of("breaker-hub-messages", "5"))) {
      var people = new People(hub);
      String one = people.agent("one");
      String two = people.agent("two");
      for (int i = 0; i < 4; i++) {
        assertThat(people.send(i % 2 == 0 ? one : two, i % 2 == 0 ? "two" : "one", i))
            .isEqualTo(201);
      }
      assertThat(people.refusal(one, "two").get("scope").stringValue()).isEqualTo("hub");
      assertThat(people.refusal(two, "one").get("scope").stringValue()).isEqualTo("hub");
      var seen = people.ask(200, "GET", "/breakers", two, null).get("breakers").get(0);
      assertThat(seen.get("scope").stringValue()).isEqualTo("hub");
      people.ask(204, "DELETE", "/breakers/hub", hub.adminKey(), null);
      assertThat(people.send(one, "two", 9)).isEqualTo(201);
    }
  }

  /// What is ordinary for all of them is far more than what one agent may try after a pause.
  @Test
  void aCrowdGoesOnAfterThePauseAndIsCountedAnew() {
    for (String setting : List.of("breaker-hub-messages", "breaker-owner-messages")) {
      try (TestHub hub = TestHub.start(Map.of(setting, "12"))) {
        var people = new People(hub);
        String ada = people.owner("Ada");
        String one = people.agentOf(ada, "one");
        String two = people.agentOf(ada, "two");
        for (long pause : new long[] {0, 61, 121}) {
          hub.advance(Duration.ofSeconds(pause));
          for (int i = 0; i < 11; i++) {
            assertThat(people.send(i % 2 == 0 ? one : two, i % 2 == 0 ? "two" : "one", i))
                .as(setting + ": " + i + " after " + pause)
                .isEqualTo(201);
          }
          // What passes the threshold again within a minute of the pause is shut for twice as long.
          long shut = people.refusal(one, "two").get("retry_after").longValue();
          assertThat(shut).isBetween(Math.max(50, 2 * pause - 12), Math.max(60, 2 * pause));
        }
      }
    }
  }

  @Test
  void whoeverIsShutOutByItselfIsToldSoAndTakesNothingFromTheCrowd() {
    var settings = Map.of("breaker-repeats", "3", "breaker-hub-messages", "6");
    try (TestHub hub = TestHub.start(settings)) {
      var people = new People(hub);
      String one = people.agent("one");
      String two = people.agent("two");
      for (int i = 0; i < 3; i++) {
        people.send(one, "two", 7);
      }
      for (int i = 0; i < 3; i++) {
        people.send(two, "one", i);
      }
      assertThat(people.refusal(two, "one").get("scope").stringValue()).isEqualTo("hub");
      assertThat(people.refusal(one, "two").get("scope").stringValue()).isEqualTo("agent:one");
    }
  }

  @Test
  void whatIsRefusedWhileTheHubIsShutKeepsItShutNoLonger() {
    var settings = Map.of("breaker-hub-refusals", "3", "breaker-refusals", "-1", "unread-max", "2");
    try (TestHub hub = TestHub.start(settings)) {
      var people = new People(hub);
      String eve = people.agent("eve");
      String bob = people.agent("bob");
      people.agent("full");
      for (int i = 0; i < 5; i++) {
        people.send(eve, "full", i);
      }
      assertThat(people.refusal(bob, "eve").get("scope").stringValue()).isEqualTo("hub");
      hub.advance(Duration.ofSeconds(40));
      for (int i = 0; i < 9; i++) {
        people.send(eve, "full", i);
      }
      hub.advance(Duration.ofSeconds(21));
      assertThat(people.send(bob, "eve", 1)).isEqualTo(201);
    }
  }

  @Test
  void aThreadIsHandedOnSoFarAndNoFurther() {
    try (TestHub hub = TestHub.start(Map.of("breaker-depth", "2", "breaker-breadth", "3"))) {
      var people = new People(hub);
      String ada = people.owner("Ada");
      String a = people.agentOf(ada, "a");
      String b = people.agentOf(ada, "b");
      String c = people.agentOf(ada, "c");
      people.agent("d");
      people.agent("e");
      people.inThread(201, a, "b", "t1");
      people.inThread(201, b, "c", "t1");
      people.inThread(201, c, "b", "t1");
      var refused = people.inThread(429, c, "d", "t1");
      assertThat(refused.get("reason").stringValue()).isEqualTo("too-deep");
      // What is within goes on, and so do other threads.
      people.inThread(201, b, "a", "t1");
      people.inThread(201, c, "d", "t2");
      assertThat(people.firstEvent(ada).get("reason").stringValue()).isEqualTo("too-deep");

      people.inThread(201, a, "b", "t3");
      people.inThread(201, a, "c", "t3");
      people.inThread(201, a, "d", "t3");
      assertThat(people.inThread(429, a, "e", "t3").get("reason").stringValue())
          .isEqualTo("too-broad");
    }
  }

  @Test
  void aStrangerInAThreadTakesNothingFromThoseInIt() {
    try (TestHub hub = TestHub.start(Map.of("breaker-depth", "5", "breaker-breadth", "2"))) {
      var people = new People(hub);
      String a = people.agent("a");
      String eve = people.agent("eve");
      for (String id : new String[] {"b", "c", "x", "y", "z"}) {
        people.agent(id);
      }
      people.inThread(201, a, "b", "t");
      people.inThread(201, eve, "x", "t");
      people.inThread(201, eve, "y", "t");
      people.inThread(429, eve, "z", "t");
      people.inThread(201, a, "c", "t");
    }
  }

  /// Whom a message does not reach has the thread from nobody, whichever rule refused it.
  @Test
  void whatIsRefusedTakesNothingFromWhomItDoesNotReach() {
    try (TestHub hub = TestHub.start(Map.of("breaker-depth", "1", "breaker-breadth", "5"))) {
      var people = new People(hub);
      String bob = people.agent("bob");
      String carol = people.agent("carol");
      String eve = people.agent("eve");
      String eager = people.agent("eager");
      people.agent("dan");
      people.ask(204, "PUT", "/blocks/eve", bob, null);
      people.inThread(403, eve, "bob", "t");
      people.inThread(201, bob, "dan", "t");
      people.ask(200, "PUT", "/limits/agent:eager", hub.adminKey(), "{\"limit\":0}");
      people.inThread(429, eager, "carol", "u");
      people.inThread(201, carol, "dan", "u");
    }
  }
}
