package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is held, and what is given back.
final class HoldsTest {
  @TempDir private Path folder;

  @Test
  void heldMoneyIsPaidGivenBackOrFreeAgain() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          String paid = Bank.hold(alice, "h1", "4", 600);
          String given = Bank.hold(alice, "h2", "3", 600);
          String late = Bank.hold(alice, "h3", "2", 60);
          assertThat(Bank.available(alice)).isEqualTo("1.000000");
          assertThat(Bank.available(bob)).isEqualTo("0.000000");
          assertThat(
                  bob.get(200, "/messages?after=0&wait=5")
                      .at("/messages/0/payload/promise")
                      .stringValue())
              .startsWith("Not paid");
          Bank.refused(alice, 403, "not-allowed", given, "release", "{}");
          Bank.refused(bob, 403, "not-allowed", paid, "post", "{}");
          Bank.refused(alice, 400, "invalid-field", paid, "post", "{\"amount\":\"4.000001\"}");

          JsonNode posted = Bank.change(alice, paid, "post", "{\"amount\":\"2.5\"}");
          assertThat(posted.get("state").stringValue()).isEqualTo("paid");
          assertThat(posted.at("/paid/amount").stringValue()).isEqualTo("2.500000");
          Bank.change(alice, paid, "post", "{\"amount\":\"2.5\"}");
          Bank.refused(alice, 409, "transfer-ended", paid, "post", "{}");
          Bank.refused(bob, 409, "transfer-ended", paid, "release", "{}");
          assertThat(Bank.change(bob, given, "release", "{}").get("state").stringValue())
              .isEqualTo("released");
          assertThat(Bank.available(alice)).isEqualTo("5.500000");

          bank.hub.advance(Duration.ofSeconds(61));
          Bank.refused(alice, 409, "transfer-ended", late, "post", "{}");
          Bank.await(alice, late, "expired");
          assertThat(Bank.available(alice)).isEqualTo("7.500000");
          assertThat(Bank.available(bob)).isEqualTo("2.500000");
          bank.check();
        });
  }

  @Test
  void noMoreIsGivenBackThanWasPaid() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "10");
          String paid = Bank.pay(alice, 201, "p1", "bob", "4").get("transfer_id").stringValue();
          Bank.refused(alice, 403, "not-allowed", paid, "refund", "{\"id\":\"r0\"}");
          Bank.change(bob, paid, "refund", "{\"id\":\"r1\",\"amount\":\"1.5\"}", 201);
          Bank.change(bob, paid, "refund", "{\"id\":\"r1\",\"amount\":\"1.5\"}", 200);
          Bank.refused(
              bob, 400, "invalid-field", paid, "refund", "{\"id\":\"r2\",\"amount\":\"3\"}");
          Bank.change(bob, paid, "refund", "{\"id\":\"r3\",\"amount\":\"2.5\"}", 201);
          Bank.refused(bob, 400, "invalid-field", paid, "refund", "{\"id\":\"r4\",\"atoms\":1}");
          assertThat(Bank.available(alice)).isEqualTo("10.000000");
          JsonNode shown = alice.get(200, "/wallet/transfers/" + paid);
          assertThat(shown.at("/refunded/amount").stringValue()).isEqualTo("4.000000");
          bank.check();
        });
  }

  @Test
  void whatWasHeldAndPaidIsGivenBackOnceByAnyOfItsNames() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "10");
          String held = Bank.hold(alice, "h1", "4", 600);
          Bank.change(alice, held, "post", "{}");
          String end = "t" + (Long.parseLong(held.substring(1)) + 1);
          Bank.change(bob, held, "refund", "{\"id\":\"r1\"}", 201);
          Bank.refused(bob, 400, "invalid-field", end, "refund", "{\"id\":\"r2\"}");
          assertThat(Bank.available(bob)).isEqualTo("10.000000");
          bank.check();
        });
  }

  @Test
  void idsOfRefundsAndOfWhatIsHeldNeverMeet() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "10");
          String paid = Bank.pay(bob, 201, "p", "alice", "1").get("transfer_id").stringValue();
          Bank.change(alice, paid, "refund", "{\"id\":\"end\"}", 201);
          String held = Bank.hold(alice, "refund", "2", 60);
          Bank.change(alice, held, "post", "{\"amount\":\"1\"}");
          String late = Bank.hold(alice, "end", "2", 60);
          bank.hub.advance(Duration.ofSeconds(61));
          Bank.await(alice, late, "expired");
          bank.check();
        });
  }

  @Test
  void aPaymentIsGivenBackInFewParts() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          String paid = Bank.pay(alice, 201, "p", "bob", "1").get("transfer_id").stringValue();
          for (int i = 0; i < 20; i++) {
            Bank.change(bob, paid, "refund", "{\"id\":\"r" + i + "\",\"atoms\":1}", 201);
          }
          Bank.refused(bob, 400, "invalid-field", paid, "refund", "{\"id\":\"r20\",\"atoms\":1}");
          bank.check();
        });
  }

  @Test
  void stoppingEndsPayingAndNeverGivingBack() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "10");
          String held = Bank.hold(alice, "h1", "1", 600);
          String paid = Bank.pay(alice, 201, "p1", "bob", "1").get("transfer_id").stringValue();
          bank.admin.post(200, "/stop", "{\"scope\":\"hub\",\"reason\":\"enough\"}");
          assertThat(Bank.slug(Bank.pay(alice, 403, "p2", "bob", "1"))).isEqualTo("stopped");
          Bank.refused(alice, 403, "stopped", held, "post", "{}");
          Bank.change(bob, held, "release", "{}");
          Bank.change(bob, paid, "refund", "{\"id\":\"r\"}", 201);
          assertThat(Bank.available(alice)).isEqualTo("10.000000");
          bank.check();
        });
  }

  @Test
  void whoMayNotWriteToAnAgentMayNotPayIt() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          String held = Bank.hold(alice, "h1", "1", 600);
          bob.call(204, "PUT", "/blocks/alice", null);
          assertThat(Bank.slug(Bank.pay(alice, 403, "p1", "bob", "1")))
              .isEqualTo("contact-required");
          // What was held before is bob's to give up, and alice's to pay.
          Bank.change(alice, held, "post", "{}");
          assertThat(Bank.available(alice)).isEqualTo("9.000000");
          bank.check();
        });
  }
}
