package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Negotiations about a spot offer against a model that is too simple to be wrong.
final class NegotiationModelTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int STEPS = 90;
  private static final int BUYERS = 3;
  private static final long VALID_FOR = 100;
  private static final long DELIVER_WITHIN = 3_600;

  /// What the model knows of a negotiation. Agents are numbers; the seller is [#BUYERS].
  private static final class Deal {
    final String path;
    final int buyer;
    final long quantity;
    String state = "open";
    int last;
    long until;
    String head;

    Deal(String path, int buyer, long quantity, String head, long until) {
      this.path = path;
      this.buyer = buyer;
      this.last = buyer;
      this.quantity = quantity;
      this.head = head;
      this.until = until;
    }

    String stateAt(long now) {
      if (state.equals("open") && now >= until) {
        return "expired";
      }
      return state.equals("agreed") && now >= until + 86_400 ? "lapsed" : state;
    }
  }

  private static final class Play {
    final SplittableRandom random;
    final TestHub hub;
    final List<Caller> agents;
    final String service;
    final List<Deal> deals = new ArrayList<>();
    long left;
    private final long started = System.nanoTime();
    private long advanced;

    Play(SplittableRandom random, TestHub hub) {
      this.random = random;
      this.hub = hub;
      this.agents = Stall.join(hub, "buyer0", "buyer1", "buyer2", "seller");
      this.left = random.nextInt(3, 12);
      this.service =
          Stall.publish(agents.get(BUYERS), "Few", ",\"kind\":\"spot\",\"quantity\":" + left);
    }

    /// The hub's clock runs on by itself, too.
    long now() {
      return advanced + (System.nanoTime() - started) / 1_000_000_000;
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0, 1 -> propose();
        case 2 -> take();
        case 3 -> pass();
        case 4 -> close();
        default -> move();
      }
    }

    private void propose() {
      int buyer = random.nextInt(BUYERS);
      long quantity = random.nextInt(1, 4);
      String body =
          "{\"service_id\":\"%s\",\"valid_for\":%d,\"terms\":%s}"
              .formatted(service, VALID_FOR, Stall.terms(quantity, "9"));
      JsonNode made = agents.get(buyer).post(201, "/negotiations", body);
      deals.add(deal(made, buyer, quantity));
    }

    private Deal deal(JsonNode made, int buyer, long quantity) {
      String path = "/negotiations/" + made.get("negotiation_id").stringValue();
      return new Deal(path, buyer, quantity, made.get("head").stringValue(), now() + VALID_FOR);
    }

    private void take() {
      int buyer = random.nextInt(BUYERS);
      long quantity = random.nextInt(1, 4);
      HttpResponse<String> answer =
          agents
              .get(buyer)
              .exchange(
                  "POST",
                  "/services/" + service + "/take",
                  "{\"version\":1,\"quantity\":" + quantity + "}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(quantity <= left ? 201 : 409);
      if (quantity <= left) {
        left -= quantity;
        Deal deal = deal(JSON.readTree(answer.body()), buyer, quantity);
        deal.state = "agreed";
        deal.until = now() + 7 * 86_400;
        deals.add(deal);
      }
    }

    private void pass() {
      long seconds = random.nextInt(4) == 0 ? random.nextInt(50_000) : random.nextInt(60);
      hub.advance(Duration.ofSeconds(seconds));
      advanced += seconds;
    }

    private Optional<Deal> any() {
      return deals.isEmpty()
          ? Optional.empty()
          : Optional.of(deals.get(random.nextInt(deals.size())));
    }

    /// What ends within these seconds may go either way.
    private boolean isUnsure(Deal deal) {
      return Math.abs(deal.until - now()) < 10 || Math.abs(deal.until + 86_400 - now()) < 10;
    }

    private void close() {
      Optional<Deal> any = any();
      if (any.isEmpty() || isUnsure(any.get())) {
        return;
      }
      Deal deal = any.get();
      boolean isDelivered = random.nextBoolean();
      String to = isDelivered ? "delivered" : "failed";
      boolean isBySeller = random.nextInt(3) == 0;
      boolean isRight =
          (deal.stateAt(now()).equals("agreed") || deal.state.equals(to))
              && !(isBySeller && isDelivered);
      HttpResponse<String> answer =
          agents
              .get(isBySeller ? BUYERS : deal.buyer)
              .exchange("POST", deal.path + "/close", "{\"delivered\":" + isDelivered + "}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(isRight ? 200 : 409);
      if (isRight) {
        left += !isDelivered && !deal.state.equals(to) ? deal.quantity : 0;
        deal.state = to;
      }
    }

    private void move() {
      Optional<Deal> any = any();
      if (any.isEmpty() || isUnsure(any.get())) {
        return;
      }
      Deal deal = any.get();
      int mover = random.nextInt(BUYERS + 1);
      boolean isParty = mover == BUYERS || mover == deal.buyer;
      String kind = List.of("counter", "counter", "accept", "decline").get(random.nextInt(4));
      String previous = random.nextInt(6) == 0 ? "0".repeat(64) : deal.head;
      String body =
          "{\"kind\":\"%s\",\"previous\":\"%s\"%s}"
              .formatted(
                  kind,
                  previous,
                  kind.equals("counter")
                      ? ",\"valid_for\":%d,\"terms\":%s"
                          .formatted(VALID_FOR, Stall.terms(deal.quantity, "8"))
                      : "");
      HttpResponse<String> answer = agents.get(mover).exchange("POST", deal.path + "/moves", body);
      int expected = !isParty ? 404 : outcome(deal, mover, kind, previous);
      assertThat(answer.statusCode()).as(kind + " " + answer.body()).isEqualTo(expected);
      if (expected == 201) {
        deal.last = mover;
        deal.head = JSON.readTree(answer.body()).get("head").stringValue();
        switch (kind) {
          case "counter" -> deal.until = now() + VALID_FOR;
          case "decline" -> deal.state = "declined";
          default -> {
            deal.state = "agreed";
            deal.until = now() + DELIVER_WITHIN;
            left -= deal.quantity;
          }
        }
      }
    }

    private int outcome(Deal deal, int mover, String kind, String previous) {
      boolean isOpen = deal.stateAt(now()).equals("open");
      boolean isTurn = deal.last != mover || kind.equals("decline");
      if (!isOpen || !isTurn || !previous.equals(deal.head)) {
        return 409;
      }
      return kind.equals("accept") && deal.quantity > left ? 409 : 201;
    }

    void compare() {
      JsonNode shown = agents.get(0).get(200, "/services/" + service);
      assertThat(shown.get("left").longValue()).isEqualTo(left);
      for (Deal deal : deals) {
        if (!isUnsure(deal)) {
          JsonNode known = agents.get(deal.buyer).get(200, deal.path);
          assertThat(known.get("state").stringValue()).isEqualTo(deal.stateAt(now()));
          assertThat(known.get("head").stringValue()).isEqualTo(deal.head);
        }
      }
    }
  }

  private static void play(SplittableRandom random, Map<String, String> settings) {
    try (TestHub hub = TestHub.start(settings)) {
      var play = new Play(random, hub);
      for (int i = 0; i < STEPS; i++) {
        play.step();
      }
      play.compare();
    }
  }

  @Test
  void everySequenceOfMovesEndsAsTheModelSays() {
    Seeds.forAll(
        3,
        random -> {
          SplittableRandom other = random.split();
          play(random, Map.of("breaker-refusals", "-1"));
          TestDatabase.shared()
              .ifPresent(
                  database -> play(other, Map.of("database", database, "breaker-refusals", "-1")));
        });
  }
}
