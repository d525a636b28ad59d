package dev.meshkore.hub.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Wallet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Ratings in the forms of others, judged by their rules.
final class RatingExportsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String REGISTRY = "eip155:8453:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";

  private String path = "";

  /// Alice, whose wallet is the first, after a job for which both have rated; bob's is the second.
  private Caller exporter(Works works) {
    Caller alice = works.bank.agent("alice", "100");
    Caller bob = works.bank.agent("bob", "0");
    Wallet.of(1).bindTo(alice);
    Wallet.of(2).bindTo(bob);
    String job = Works.done(alice, bob, "30");
    Works.rate(alice, 201, job, 4, "Neat \\u00fc \\\"and\\\" in time");
    Works.rate(bob, 201, job, 5, "");
    path = "/jobs/" + job + "/rating/export";
    return alice;
  }

  /// What is wrong with an event of kind 30085: its twelve rules, written apart from the hub.
  static List<String> faults(JsonNode event, long now) {
    var faults = new ArrayList<String>();
    JsonNode said;
    try {
      said = JSON.readTree(event.path("content").asString(""));
    } catch (JacksonException _) {
      return List.of("The content is no JSON");
    }
    String p = tag(event, "p");
    String t = tag(event, "t");
    String expiration = tag(event, "expiration");
    String version = tag(event, "v");
    check(faults, event.path("kind").asInt(0) == 30_085, "kind");
    check(faults, said.path("subject").asString("").equals(p) && !p.isEmpty(), "subject");
    check(faults, said.path("context").asString("").equals(t) && !t.isEmpty(), "context");
    check(faults, tag(event, "d").equals(p + ":" + t), "d");
    check(faults, p.matches("[0-9a-f]{64}") && !t.contains(":"), "form of d");
    JsonNode rating = said.path("rating");
    check(
        faults,
        rating.isIntegralNumber() && rating.asInt(0) >= 1 && rating.asInt(0) <= 5,
        "rating");
    JsonNode confidence = said.path("confidence");
    check(
        faults,
        confidence.isNumber() && confidence.asDouble(-1) >= 0 && confidence.asDouble(2) <= 1,
        "confidence");
    check(faults, expiration.matches("[0-9]{1,12}"), "expiration");
    check(faults, expiration.matches("[0-9]{1,12}") && Long.parseLong(expiration) > now, "expired");
    check(faults, !event.path("pubkey").asString("").equals(p), "self-attestation");
    check(faults, version.isEmpty() || version.equals("1") || version.equals("2"), "version");
    check(faults, tag(event, "consistency_window").isEmpty(), "window");
    return faults;
  }

  private static void check(List<String> faults, boolean isRight, String rule) {
    if (!isRight) {
      faults.add(rule);
    }
  }

  private static String tag(JsonNode event, String name) {
    for (JsonNode tag : event.path("tags")) {
      if (tag.path(0).asString("").equals(name)) {
        return tag.path(1).asString("");
      }
    }
    return "";
  }

  /// NIP-01, written apart from the hub.
  private static String id(JsonNode event) throws NoSuchAlgorithmException {
    ArrayNode list = JSON.createArrayNode();
    list.add(0);
    list.add(event.get("pubkey"));
    list.add(event.get("created_at"));
    list.add(event.get("kind"));
    list.add(event.get("tags"));
    list.add(event.get("content"));
    byte[] bytes = list.toString().getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void aRatingIsAnEventThatItsRaterSigns() {
    Works.onEach(works -> {
      Caller alice = exporter(works);
      JsonNode export = alice.get(200, path + "?form=nostr");
      JsonNode event = export.get("event");
      long now = works.hub.now().getEpochSecond();
      assertThat(faults(event, now)).isEmpty();
      assertThat(faults(event, now + Duration.ofDays(361).toSeconds())).containsExactly("expired");
      try {
        assertThat(event.get("id").stringValue()).isEqualTo(id(event));
      } catch (NoSuchAlgorithmException failure) {
        throw new AssertionError(failure);
      }
      JsonNode said = JSON.readTree(event.get("content").stringValue());
      assertThat(said.get("rating").intValue()).isEqualTo(4);
      JsonNode evidence = JSON.readTree(said.get("evidence").stringValue());
      assertThat(evidence.get(0).get("type").stringValue()).isEqualTo("free_text");
      assertThat(evidence.get(1).get("data").stringValue())
          .isEqualTo("Neat \u00fc \"and\" in time");
    });
  }

  /// Each rule is broken once, so that the judge is seen to judge.
  @Test
  void theJudgeSeesWhatIsWrong() {
    Works.onEach(works -> {
      JsonNode event = exporter(works).get(200, path + "?form=nostr").get("event");
      long now = works.hub.now().getEpochSecond();
      String text = event.toString();
      for (String[] broken :
          new String[][] {
            {"30085", "30086", "kind"},
            {"\\\"rating\\\":4", "\\\"rating\\\":6", "rating"},
            {"\\\"rating\\\":4", "\\\"rating\\\":4.5", "rating"},
            {"\\\"confidence\\\":1", "\\\"confidence\\\":1.5", "confidence"},
            {"[\"t\",\"reliability\"]", "[\"t\",\"speed\"]", "context"},
            {"\"expiration\"", "\"expires\"", "expiration"},
            {"[\"v\",\"2\"]", "[\"v\",\"9\"]", "version"}
          }) {
        assertThat(text).contains(broken[0]);
        JsonNode other = JSON.readTree(text.replace(broken[0], broken[1]));
        assertThat(faults(other, now)).as(broken[1]).contains(broken[2]);
      }
      ObjectNode own = (ObjectNode) event.deepCopy();
      own.put("pubkey", tag(event, "p"));
      assertThat(faults(own, now)).containsExactly("self-attestation");
    });
  }

  @Test
  void aRatingIsAFeedbackFileWhoseHashItsRaterPutsOnAChain() {
    Works.onEach(works -> {
      Caller alice = exporter(works);
      String asked = path + "?form=erc8004&registry=" + REGISTRY + "&erc8004_id=22";
      JsonNode export = alice.get(200, asked);
      String text = export.get("file_text").stringValue();
      JsonNode file = JSON.readTree(text);
      assertThat(file).isEqualTo(export.get("file"));
      assertThat(file.get("agentRegistry").stringValue()).isEqualTo(REGISTRY);
      assertThat(file.get("agentId").intValue()).isEqualTo(22);
      assertThat(file.get("clientAddress").stringValue())
          .isEqualTo("eip155:8453:" + Wallet.of(1).address().text());
      assertThat(file.get("value").intValue()).isEqualTo(80);
      assertThat(file.get("valueDecimals").intValue()).isZero();
      assertThat(file.get("createdAt").stringValue()).endsWith("Z");
      // Nothing of it was paid on a chain, so nothing says so.
      assertThat(file.has("proofOfPayment")).isFalse();
      byte[] hash = Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
      assertThat(export.get("feedback_hash").stringValue())
          .isEqualTo("0x" + HexFormat.of().formatHex(hash));
      assertThat(export.at("/give_feedback/feedbackHash")).isEqualTo(export.get("feedback_hash"));
    });
  }

  @Test
  void whatCannotBeExportedIsRefused() {
    Works.onEach(works -> {
      Caller alice = exporter(works);
      for (String form :
          List.of(
              "",
              "?form=else",
              "?form=erc8004",
              "?form=erc8004&registry=eip155:0:0x8004&erc8004_id=1",
              "?form=erc8004&registry=" + REGISTRY,
              "?form=erc8004&registry=" + REGISTRY + "&erc8004_id=-1")) {
        assertThat(Bank.slug(alice.get(400, path + form))).isEqualTo("invalid-field");
      }
      Caller carol = works.bank.agent("carol", "50");
      Caller dave = works.bank.agent("dave", "0");
      String job = Works.rated(carol, dave, "30", 5);
      assertThat(Bank.slug(carol.get(400, "/jobs/" + job + "/rating/export?form=nostr")))
          .isEqualTo("invalid-field");
      alice.get(404, "/jobs/" + job + "/rating/export?form=nostr");
    });
  }
}
