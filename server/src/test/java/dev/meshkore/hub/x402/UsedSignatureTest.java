package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a payer has signed is settled once by its nonce, however often, by whom and where it is
/// asked: in random races of duplicates, of two signatures with one nonce among them, at two hubs
/// on one database, and after each was closed and opened anew. `-Dsignatures.races` says how many
/// there are.
final class UsedSignatureTest {
  private static final int RACES = Integer.getInteger("signatures.races", 4);
  private static final int NONCES = 8;
  private static final int ASKED = 80;

  @TempDir private Path folder;

  /// A payment that is signed.
  private record Signed(String nonce, long atoms, JsonNode required, JsonNode payment) {}

  @Test
  void isNeverSettledAgain() {
    Seeds.forAll(
        1,
        random -> {
          for (Map<String, String> database : TestDatabase.settings()) {
            races(database, random.split());
          }
        });
  }

  private void races(Map<String, String> database, SplittableRandom random) {
    boolean isShared = !database.isEmpty();
    Map<String, String> settings =
        isShared ? database : Map.of("data", folder.resolve("hub" + random.nextLong()).toString());
    TestHub one = TestHub.start(settings);
    TestHub other = isShared ? TestHub.start(settings) : one;
    try {
      var bank = new Bank(one);
      var shop = new FacilitatorTest.Shop(bank);
      bank.deposit("buyer", "10");
      var settled = new ConcurrentHashMap<String, Long>();
      var old = new ArrayList<Signed>();
      for (int race = 0; race < RACES; race++) {
        List<Signed> fresh = signed(shop, one.now().getEpochSecond(), random);
        old.addAll(fresh);
        var asked = new ArrayList<>(fresh);
        while (asked.size() < ASKED) {
          List<Signed> of = random.nextBoolean() ? fresh : old;
          asked.add(of.get(random.nextInt(of.size())));
        }
        Collections.shuffle(asked, new Random(random.nextLong()));
        race(List.of(one, other), asked, settled);
        assertThat(settled.keySet()).containsAll(fresh.stream().map(Signed::nonce).toList());
        long moved = settled.values().stream().mapToLong(atoms -> atoms).sum();
        Caller seller = shop.seller.at(one);
        assertThat(atoms(seller)).isEqualTo(moved);
        assertThat(atoms(shop.buyer.at(one))).isEqualTo(12_000_000 - moved);
        assertThat(Caller.admin(one).get(200, "/ledger").get("differences")).isEmpty();
        // Each in its turn is closed, and opened anew.
        one.close();
        if (!isShared) {
          one = TestHub.start(settings);
          other = one;
        } else {
          one = other;
          other = TestHub.start(settings);
        }
      }
    } finally {
      one.close();
      if (other != one) {
        other.close();
      }
    }
  }

  private static long atoms(Caller agent) {
    return agent.get(200, "/wallet").get("balances").get(0).get("available_atoms").longValue();
  }

  /// Of each nonce one signature, and of some another for another amount.
  private static List<Signed> signed(FacilitatorTest.Shop shop, long now, SplittableRandom random) {
    var signed = new ArrayList<Signed>();
    for (int i = 0; i < NONCES; i++) {
      Authorization words = shop.wallet.authorization(shop.required, now);
      for (int left = random.nextInt(1, 3); left > 0; left--) {
        long atoms = random.nextLong(1, 30_000);
        ObjectNode required = shop.required.deepCopy();
        required.put("amount", Long.toString(atoms));
        var own =
            new Authorization(
                words.from(),
                words.to(),
                BigInteger.valueOf(atoms),
                words.validAfter(),
                words.validBefore(),
                words.nonce());
        JsonNode payment = Wallet.payload(required, own, shop.wallet.sign(required, own));
        signed.add(new Signed(words.nonce(), atoms, required, payment));
      }
    }
    return signed;
  }

  private static void race(
      List<TestHub> hubs, List<Signed> asked, ConcurrentHashMap<String, Long> settled) {
    var wrong = new ConcurrentHashMap<String, String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < asked.size(); i++) {
        Signed one = asked.get(i);
        Caller anybody = Caller.withoutKey(hubs.get(i % hubs.size()));
        threads.execute(() -> {
          JsonNode answer =
              FacilitatorTest.Shop.ask(anybody, "settle", one.payment(), one.required());
          if (!answer.get("success").booleanValue()) {
            String reason = answer.get("errorReason").stringValue();
            if (!reason.equals("nonce_already_used")) {
              wrong.put(one.nonce(), answer.toString());
            }
          } else if (settled.put(one.nonce(), one.atoms()) != null) {
            wrong.put(one.nonce(), "settled again");
          }
        });
      }
    }
    assertThat(wrong).isEmpty();
  }
}
