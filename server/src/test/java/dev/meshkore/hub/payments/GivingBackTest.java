package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Seeds;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Whatever is stopped, money comes back: while agents, their owners or the hub are stopped, or a
/// breaker is open, in any order nobody who is stopped pays, and each refund, each release of what
/// is held and each withdrawal of credits passes. `-Dstops.histories` says how many there are.
final class GivingBackTest {
  private static final int HISTORIES = Integer.getInteger("stops.histories", 8);
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void whatGivesBackPassesEveryStop() throws Exception {
    Bank.onEach(
        folder,
        Map.of("breaker-payments", "20"),
        bank -> {
          var count = new int[1];
          Seeds.forAll(HISTORIES, random -> new History(bank, random, count[0]++).run());
          bank.check();
        });
  }

  /// A payment or what is held, and what of it may still come back.
  private static final class Paid {
    final String id;
    final boolean isHeld;
    long left;

    Paid(String id, boolean isHeld, long left) {
      this.id = id;
      this.isHeld = isHeld;
      this.left = left;
    }
  }

  private static final class History {
    private static final long CREDIT = 1_000_000;

    private final Bank bank;
    private final SplittableRandom random;
    private final Caller ada;
    private final Caller eve;
    private final Caller alice;
    private final Caller bob;
    private final List<Paid> paid = new ArrayList<>();
    private long has = 10 * CREDIT;
    private long held;
    private long bobHas = 10 * CREDIT;
    private int ids;

    History(Bank bank, SplittableRandom random, int number) {
      this.bank = bank;
      this.random = random;
      this.ada = bank.owner("Ada" + number);
      this.eve = bank.owner("Eve" + number);
      this.alice = bank.agentOf(ada, "alice" + number, "10");
      this.bob = bank.agentOf(eve, "bob" + number, "10");
      bank.allow(ada, alice.id(), "\"amount\":100000000");
      bank.allow(eve, bob.id(), "\"amount\":100000000");
    }

    void run() {
      for (int i = 0; i < 6; i++) {
        pay();
      }
      List<String> stopped =
          new ArrayList<>(List.of("alice", "bob", "ada", "eve", "hub", "breaker"));
      while (stopped.size() > 3 || (stopped.size() > 1 && random.nextBoolean())) {
        stopped.remove(random.nextInt(stopped.size()));
      }
      if (stopped.remove("breaker")) {
        openBreaker();
      }
      List<String> scopes = stopped.stream().map(this::scope).toList();
      scopes.forEach(scope ->
          bank.admin.post(200, "/stop", "{\"scope\":\"%s\",\"reason\":\"why\"}".formatted(scope)));
      boolean isAlice = stopped.stream().anyMatch(List.of("alice", "ada", "hub")::contains);
      boolean isBob = stopped.stream().anyMatch(List.of("bob", "eve", "hub")::contains);
      for (int i = 0; i < 14; i++) {
        step(isAlice, isBob);
        check();
      }
      scopes.forEach(scope -> bank.admin.post(200, "/resume", "{\"scope\":\"" + scope + "\"}"));
    }

    private String scope(String what) {
      return switch (what) {
        case "alice" -> "agent:" + alice.id();
        case "bob" -> "agent:" + bob.id();
        case "ada" -> "owner:" + ada.get(200, "/owners/me").get("owner_id").stringValue();
        case "eve" -> "owner:" + eve.get(200, "/owners/me").get("owner_id").stringValue();
        default -> "hub";
      };
    }

    private String body(String id, Caller to, long atoms, long seconds) {
      return "{\"id\":\"%s\",\"to\":\"%s\",\"atoms\":%d,\"hold_seconds\":%d}"
          .formatted(id, to.id(), atoms, seconds);
    }

    private void pay() {
      boolean isHeld = random.nextBoolean();
      long atoms = random.nextLong(1, CREDIT);
      String body = body("p" + ids++, bob, atoms, isHeld ? 600 : 0);
      String id = alice.post(201, "/wallet/transfers", body).get("transfer_id").stringValue();
      paid.add(new Paid(id, isHeld, atoms));
      if (isHeld) {
        held += atoms;
      } else {
        has -= atoms;
        bobHas += atoms;
      }
    }

    /// Pays until it is too often.
    private void openBreaker() {
      int status = 201;
      for (int i = 0; i < 40 && status == 201; i++) {
        HttpResponse<String> answer =
            alice.exchange("POST", "/wallet/transfers", body("b" + i, bob, 1, 0));
        status = answer.statusCode();
        if (status == 201) {
          has--;
          bobHas++;
        } else {
          assertThat(Bank.slug(JSON.readTree(answer.body()))).isEqualTo("circuit-open");
        }
      }
      assertThat(status).isEqualTo(429);
    }

    private void step(boolean isAlice, boolean isBob) {
      Paid one = paid.get(random.nextInt(paid.size()));
      switch (random.nextInt(8)) {
        case 0, 1 -> refund(one);
        case 2, 3 -> release(one);
        case 4 -> has -= withdrawn(alice, random.nextBoolean() ? ada : bank.admin);
        case 5 -> bobHas -= withdrawn(bob, random.nextBoolean() ? eve : bank.admin);
        case 6 -> {
          if (isAlice) {
            refused(alice, bob);
            if (one.isHeld && one.left > 0) {
              Bank.refused(alice, 403, "stopped", one.id, "post", "{}");
            }
          }
        }
        default -> {
          if (isBob) {
            refused(bob, alice);
          }
        }
      }
    }

    private void refused(Caller payer, Caller payee) {
      String body = body("s" + ids++, payee, 1, random.nextInt(2) * 60L);
      assertThat(Bank.slug(payer.post(403, "/wallet/transfers", body))).isEqualTo("stopped");
    }

    private void refund(Paid one) {
      if (!one.isHeld && one.left > 0 && one.left <= bobHas) {
        long atoms = random.nextBoolean() ? one.left : random.nextLong(1, one.left + 1);
        String body = "{\"id\":\"r%d\",\"atoms\":%d}".formatted(ids++, atoms);
        Bank.change(bob, one.id, "refund", body, 201);
        one.left -= atoms;
        has += atoms;
        bobHas -= atoms;
      }
    }

    private void release(Paid one) {
      if (one.isHeld && one.left > 0) {
        Bank.change(bob, one.id, "release", "{}");
        held -= one.left;
        one.left = 0;
      }
    }

    private long withdrawn(Caller agent, Caller by) {
      long atoms = random.nextLong(1, CREDIT / 4);
      String body =
          "{\"id\":\"w-%s-%d\",\"agent_id\":\"%s\",\"atoms\":%d}"
              .formatted(agent.id(), ids++, agent.id(), atoms);
      by.post(201, "/withdrawals", body);
      return atoms;
    }

    private void check() {
      var balance = alice.get(200, "/wallet").get("balances").get(0);
      assertThat(balance.get("available_atoms").longValue()).isEqualTo(has - held);
      assertThat(balance.get("held_atoms").longValue()).isEqualTo(held);
      balance = bob.get(200, "/wallet").get("balances").get(0);
      assertThat(balance.get("available_atoms").longValue()).isEqualTo(bobHas);
    }
  }
}
