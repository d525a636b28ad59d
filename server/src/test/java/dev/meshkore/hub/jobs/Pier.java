package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub on a chain with a client and a provider, and what tests of jobs there do again and again.
final class Pier {
  static final long MINTED = 10_000_000;
  static final String ASSET = "eip155:84532/erc20:0x" + Anvil.DOLLAR.hex();

  final TestHub hub;
  final Anvil anvil;
  final Wallet wallet = Wallet.of(1);
  final Address provider = Wallet.of(2).address();
  final Address fees = Wallet.of(3).address();
  final Caller admin;
  final Caller alice;
  final Caller bob;
  private final AtomicReference<TestHub> running;

  private Pier(AtomicReference<TestHub> running, Anvil anvil, Caller alice, Caller bob) {
    this.running = running;
    this.hub = running.get();
    this.anvil = anvil;
    this.admin = Caller.admin(hub);
    this.alice = alice;
    this.bob = bob;
  }

  /// Ends the hub where it is, and starts one on the same data.
  Pier restarted(Map<String, String> same) {
    hub.close();
    Map<String, String> settings = settings(anvil);
    settings.putAll(same);
    TestHub next = TestHub.start(settings);
    running.set(next);
    return new Pier(running, anvil, alice.at(next), bob.at(next));
  }

  static Map<String, String> settings(Anvil anvil) {
    var settings = new HashMap<String, String>();
    settings.put("evm-rpc", anvil.url().toString());
    settings.put("x402-chain", "1");
    settings.put("evm-confirmations", "2");
    settings.put("evm-fee-max-gwei", "100");
    settings.put("evm-fee-receiver", Wallet.of(3).address().text());
    return settings;
  }

  /// A chain of its own, that makes a block each second.
  static void onOne(Map<String, String> more, Consumer<Pier> play) {
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get()) {
      var settings = settings(anvil);
      settings.putAll(more);
      var running = new AtomicReference<>(TestHub.start(settings));
      try {
        TestHub hub = running.get();
        var pier = new Pier(running, anvil, Caller.join(hub, "alice"), Caller.join(hub, "bob"));
        anvil.mint(pier.wallet.address(), MINTED);
        // The hub's key pays for the gas; who it is stands in every offer.
        String probe = pier.open("100000", "");
        anvil.giveEther(
            Address.read(pier.show(probe).at("/terms/on_chain/operator").stringValue())
                .orElseThrow(),
            BigInteger.TEN.pow(18));
        Site.step(pier.alice, 201, probe, "reject", "");
        play.accept(pier);
      } finally {
        running.get().close();
      }
    }
  }

  JsonNode opened(int status, String atoms, String more) {
    String body =
        """
        {"provider":"bob","subject":"Pages","asset":"%s","atoms":%s,"payer":"%s","pay_to":"%s"%s}
        """
            .formatted(ASSET, atoms, wallet.address().text(), provider.text(), more);
    return alice.post(status, "/jobs", body);
  }

  /// Opens a job of so many atoms.
  String open(String atoms, String more) {
    return Site.id(opened(201, atoms, more));
  }

  JsonNode show(String id) {
    return alice.get(200, "/jobs/" + id);
  }

  /// What the client's wallet signs for a job.
  ObjectNode payment(String id) {
    return wallet.putsIntoEscrow(show(id).get("payment_requirements"), hub.now().getEpochSecond());
  }

  JsonNode fund(int status, String id, JsonNode payment) {
    return Site.step(alice, status, id, "fund", ",\"payment\":" + payment);
  }

  /// An agreed job whose money is in escrow.
  String funded(String atoms, String more) {
    String id = open(atoms, more);
    Site.step(bob, 201, id, "accept", "");
    fund(201, id, payment(id));
    await(id, job -> job.get("state").stringValue().equals("funded"));
    return id;
  }

  JsonNode await(String id, Predicate<JsonNode> isSo) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    JsonNode shown = show(id);
    while (!isSo.test(shown)) {
      assertThat(Instant.now()).as("%s", shown).isBefore(deadline);
      Thread.onSpinWait();
      shown = show(id);
    }
    return shown;
  }

  /// Waits until nothing is on the way, and answers what was done.
  List<String> settled(String id) {
    JsonNode job =
        await(
            id,
            one -> {
              boolean isOpen = false;
              for (JsonNode part : one.get("on_chain")) {
                isOpen |= part.get("state").stringValue().equals("on-the-way");
              }
              return !isOpen;
            });
    var all = new ArrayList<String>();
    for (JsonNode one : job.get("on_chain")) {
      all.add(
          one.get("what").stringValue()
              + " "
              + one.get("atoms").longValue()
              + " "
              + one.get("state").stringValue());
    }
    return all;
  }

  long escrowed() {
    return anvil.balance(Anvil.JOB_ESCROW);
  }

  /// The money is where it should be, and nothing is anywhere else.
  void check(long paid, long fee) {
    assertThat(anvil.balance(provider)).isEqualTo(paid - fee);
    assertThat(anvil.balance(fees)).isEqualTo(fee);
    assertThat(anvil.balance(wallet.address()) + escrowed()).isEqualTo(MINTED - paid);
  }
}
