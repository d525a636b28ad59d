package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Jobs that are made of agreements of the market.
final class JobAgreementsTest {
  @Test
  void anAgreementOfTheMarketHasOneJobAtItsPrice() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      String terms =
          "{\"with\":\"bob\",\"terms\":{\"subject\":\"Twelve pages\",\"deliver_within\":600,"
              + "\"price\":{\"asset\":\"CREDIT\",\"amount\":\"30\"}}}";
      JsonNode put = alice.post(201, "/negotiations", terms);
      String negotiation = put.get("negotiation_id").stringValue();
      String body = "{\"negotiation_id\":\"" + negotiation + "\"}";
      assertThat(Site.slug(bob.post(404, "/jobs", body))).isEqualTo("unknown-negotiation");
      bob.post(
          201,
          "/negotiations/" + negotiation + "/moves",
          "{\"kind\":\"accept\",\"previous\":" + put.get("head") + "}");
      String other = body.replace("}", ",\"amount\":\"29\"}");
      assertThat(Site.slug(bob.post(400, "/jobs", other))).isEqualTo("invalid-field");
      JsonNode job = bob.post(201, "/jobs", body);
      assertThat(job.get("client").stringValue()).isEqualTo("alice");
      assertThat(job.get("subject").stringValue()).isEqualTo("Twelve pages");
      assertThat(job.at("/terms/milestones/0/deliver_seconds").longValue()).isEqualTo(600);
      assertThat(Site.slug(alice.post(400, "/jobs", body))).isEqualTo("invalid-field");
      Site.step(alice, 201, Site.id(job), "fund", "");
      site.check(Optional.of("0"));
    });
  }

  /// Bob agrees to what alice offers.
  private static String agreed(Caller alice, Caller bob) {
    String terms =
        "{\"with\":\"bob\",\"terms\":{\"subject\":\"Twelve pages\",\"deliver_within\":600,"
            + "\"price\":{\"asset\":\"CREDIT\",\"amount\":\"30\"}}}";
    JsonNode put = alice.post(201, "/negotiations", terms);
    String negotiation = put.get("negotiation_id").stringValue();
    bob.post(
        201,
        "/negotiations/" + negotiation + "/moves",
        "{\"kind\":\"accept\",\"previous\":" + put.get("head") + "}");
    return negotiation;
  }

  @Test
  void theTimeOfAnAgreementHolds() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "30");
      Caller bob = site.agent("bob", "0");
      String body = "{\"negotiation_id\":\"" + agreed(alice, bob) + "\"%s}";
      String parts =
          ",\"milestones\":[{\"name\":\"a\",\"amount\":\"10\",\"deliver_seconds\":%d},"
              + "{\"name\":\"b\",\"amount\":\"20\",\"deliver_seconds\":%d}]";
      for (String other :
          List.of(
              ",\"deliver_seconds\":31536000",
              ",\"deliver_seconds\":1",
              parts.formatted(600, 600),
              parts.formatted(1, 1))) {
        JsonNode refused = bob.post(400, "/jobs", body.formatted(other));
        assertThat(refused.get("detail").stringValue()).contains("600 seconds");
      }
      bob.post(201, "/jobs", body.formatted(parts.formatted(200, 400)));
    });
  }

  @Test
  void whoeverCompletesTheJobSaysThatTheAgreementWasKept() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "60");
      Caller bob = site.agent("bob", "0");
      for (String how : List.of("delivered", "agreed")) {
        String negotiation = agreed(alice, bob);
        String job =
            Site.id(
                bob.post(
                    201,
                    "/jobs",
                    "{\"negotiation_id\":\"" + negotiation + "\",\"review_seconds\":60}"));
        Site.step(alice, 201, job, "fund", "");
        Site.submit(bob, job);
        if (how.equals("delivered")) {
          Site.step(alice, 201, job, "complete", "");
        } else {
          site.after(Duration.ofSeconds(61), alice, job, "completed");
        }
        assertThat(bob.get(200, "/negotiations/" + negotiation).get("state").stringValue())
            .isEqualTo(how);
      }
    });
  }

  @Test
  void anAgreementIsFreeAgainWhereItsJobWasNeverAgreedTo() {
    Site.onEach(site -> {
      Caller alice = site.agent("alice", "60");
      Caller bob = site.agent("bob", "0");
      String body = "{\"negotiation_id\":\"" + agreed(alice, bob) + "\"}";
      String absurd = body.replace("}", ",\"review_seconds\":1}");
      String first = Site.id(alice.post(201, "/jobs", absurd));
      assertThat(Site.slug(bob.post(400, "/jobs", body))).isEqualTo("invalid-field");
      Site.step(bob, 201, first, "reject", "");
      String second = Site.id(bob.post(201, "/jobs", body));
      Site.step(alice, 201, second, "fund", "");
      Site.step(bob, 201, second, "reject", "");
      // That one both had agreed to.
      assertThat(Site.slug(alice.post(400, "/jobs", body))).isEqualTo("invalid-field");
      site.check(Optional.of("0"));
    });
  }
}
