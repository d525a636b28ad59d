package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.Wallet;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The hub is killed again and again while sellers hand payments in for a chain that goes on by
/// itself, and ask again for whatever had no answer: the money of each payment moves exactly once,
/// and no seller is told twice. `-Dchain.rounds` says how often it is killed.
@Tag("faults")
final class ChainKillTest {
  private static final int ROUNDS = Integer.getInteger("chain.rounds", 3);
  private static final int SELLERS = 5;
  private static final long PRICE = 7;
  private static final int GAS_KEY = 99;

  @TempDir private Path folder;

  @Test
  void eachPaymentMovesItsMoneyOnce() throws Exception {
    for (DatabaseUrl database : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.ticking();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      Path place = folder.resolve(database.dialect().name());
      Path key = folder.resolve("gas.key");
      if (!Files.exists(key)) {
        var owner = PosixFilePermissions.fromString("rw-------");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(owner));
        Files.writeString(key, "07" + "00".repeat(30) + "%02x".formatted(GAS_KEY));
      }
      try (Anvil chain = anvil.get();
          HubProcess hub = new HubProcess(place, folder.resolve("hub.log")).on(database)) {
        chain.giveEther(Wallet.of(GAS_KEY).address(), BigInteger.TEN.pow(18));
        hub.with("MESHKORE_EVM_RPC", chain.url().toString())
            .with("MESHKORE_EVM_KEY_FILE", key.toString())
            .with("MESHKORE_EVM_CONFIRMATIONS", "2")
            .with("MESHKORE_EVM_FEE_MAX_GWEI", "100")
            .with("MESHKORE_EVM_LEAST_ATOMS", "1")
            .with("MESHKORE_EVM_WAIT_SECONDS", "6")
            .with("MESHKORE_X402_CHAIN", "1")
            .start();
        new Storm(hub, chain).run();
      }
    }
  }

  private static final class Storm {
    private final HubProcess hub;
    private final Anvil chain;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger untold = new AtomicInteger();
    private final List<String> others = new ArrayList<>();

    Storm(HubProcess hub, Anvil chain) {
      this.hub = hub;
      this.chain = chain;
    }

    void run() throws Exception {
      long seed = Long.getLong("crash.seed", new Random().nextLong());
      var random = new Random(seed);
      for (int i = 0; i < SELLERS; i++) {
        chain.mint(Wallet.of(i).address(), 1_000_000);
      }
      List<Thread> sellers = new ArrayList<>();
      for (int i = 0; i < SELLERS; i++) {
        int number = i;
        sellers.add(Thread.ofVirtual().start(() -> sell(number)));
      }
      for (int round = 0; round < ROUNDS; round++) {
        var _ = over.await(500 + random.nextInt(4_000), TimeUnit.MILLISECONDS);
        hub.kill();
        hub.start();
      }
      over.countDown();
      for (Thread seller : sellers) {
        seller.join();
      }
      long payments = (long) told.get() + untold.get();
      long got = 0;
      for (int i = 0; i < SELLERS; i++) {
        got += chain.balance(seller(i));
      }
      assertThat(others).as("seed %s", seed).isEmpty();
      assertThat(got).as("seed %s", seed).isEqualTo(PRICE * payments);
      // An answer is lost only with a kill, and each kill loses no more than one of each seller's.
      assertThat(untold.get()).as("seed %s", seed).isLessThanOrEqualTo(ROUNDS * SELLERS);
      assertThat(told.get()).as("seed %s", seed).isGreaterThan(SELLERS);
    }

    private static Address seller(int number) {
      return Wallet.of(100 + number).address();
    }

    /// Hands in one payment after the other, and asks for each until it has an answer.
    private void sell(int number) {
      Wallet buyer = Wallet.of(number);
      try (HttpClient http = HttpClient.newHttpClient()) {
        while (over.getCount() > 0) {
          ObjectNode required = Anvil.required(PRICE, seller(number));
          ObjectNode body = Player.JSON.createObjectNode();
          body.set(
              "paymentPayload",
              buyer.pays(required, InstantSource.system().instant().getEpochSecond()));
          body.set("paymentRequirements", required);
          boolean isAnswered = false;
          while (!isAnswered) {
            isAnswered = ask(http, body.toString());
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean ask(HttpClient http, String body) throws InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(hub.uri("/x402/settle"))
              .timeout(Duration.ofSeconds(60))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode json = Player.JSON.readTree(answer.body());
        if (json.path("success").asBoolean(false)) {
          told.incrementAndGet();
          return true;
        }
        return switch (json.path("errorReason").asString("")) {
          case "nonce_already_used" -> {
            untold.incrementAndGet();
            yield true;
          }
          case "settlement_pending", "unexpected_verify_error", "unexpected_settle_error" -> false;
          default -> {
            synchronized (others) {
              others.add(answer.body());
            }
            yield true;
          }
        };
      } catch (IOException _) {
        Thread.onSpinWait();
        return false;
      }
    }
  }
}
