package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Random histories: payments are handed in once and again, by the hub and by strangers, are taken
/// back, or lack their money; blocks are replaced, grow dear, or pass without anything; the node
/// does not hear, does not answer, or is behind; the hub ends and starts. What is decided never
/// changes, and at the end the hub says of each payment what the chain says. `-Dchain.histories`
/// says how many there are.
final class ChainModelTest {
  private static final int HISTORIES = Integer.getInteger("chain.histories", 10);
  private static final int STEPS = 60;
  private static final int BUYERS = 3;
  private static final int PATIENCE_BLOCKS = 150;
  private static final Address ELSEWHERE = new Address("00000000000000000000000000000000000000ff");

  @TempDir private Path folder;

  @Test
  void theHubSaysWhatTheChainSays() {
    Seeds.forAll(
        HISTORIES,
        random -> {
          List<DatabaseUrl> urls = TestDatabase.each(folder).toList();
          Optional<Anvil> anvil = Anvil.manual();
          assumeTrue(anvil.isPresent(), "anvil is not installed");
          try (Anvil chain = anvil.get();
              var world = new ChainWorld(chain, urls.get(random.nextInt(urls.size())))) {
            new History(world, random.split()).play();
          }
        });
  }

  private static final class History {
    private final ChainWorld world;
    private final SplittableRandom random;
    private final List<Authorization> signed = new ArrayList<>();
    private final Map<Authorization, GasKey> payers = new HashMap<>();
    private final Map<Authorization, State> decided = new HashMap<>();
    private int atoms = 1;

    History(ChainWorld world, SplittableRandom random) {
      this.world = world;
      this.random = random;
    }

    void play() {
      for (int i = 0; i < BUYERS; i++) {
        world.anvil.mint(ChainWorld.key(i).address(), 1_000);
      }
      world.anvil.mine(ChainWorld.CONFIRMATIONS);
      for (int i = 0; i < STEPS; i++) {
        step();
        expectDecisionsToStay();
      }
      world.node.heal(0);
      world.anvil.giveEther(world.gasKey.address(), BigInteger.TEN.pow(18));
      for (int i = 0; i < PATIENCE_BLOCKS && !isDone(); i++) {
        world.go(1);
        expectDecisionsToStay();
      }
      assertThat(isDone()).as("all is decided").isTrue();
      compare();
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4 -> handIn(sign());
        case 5 -> any().ifPresent(this::handIn);
        case 6, 7, 8 -> world.anvil.mine(1 + random.nextInt(2));
        case 9, 10, 11 -> world.following.look();
        case 12 -> reorganise();
        case 13 -> fail();
        case 14 -> world.node.heal(random.nextInt(4));
        case 15 -> world.restart();
        case 16 -> any().ifPresent(one -> world.byStranger(one, sign(one)));
        case 17 -> any().ifPresent(this::takeBack);
        case 18 -> moveAway();
        default -> {
          world.anvil.pass(random.nextInt(30));
          long fee = 1_000_000_000L * (1 + random.nextInt(8));
          world.anvil.call("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(fee));
        }
      }
    }

    /// What was in the newest blocks is not any more, and its payer may think better of it.
    private void reorganise() {
      world.anvil.mine(1);
      if (random.nextBoolean()) {
        world.following.look();
      }
      world.anvil.reorganise(1 + random.nextInt(ChainWorld.CONFIRMATIONS - 1));
      if (!signed.isEmpty() && random.nextBoolean()) {
        takeBack(signed.getLast());
        world.anvil.mine(1);
      }
    }

    /// The payer cancels what it signed, or signs something else with its nonce.
    private void takeBack(Authorization one) {
      GasKey payer = payer(one);
      if (random.nextBoolean()) {
        world.cancel(payer, one);
      } else {
        Authorization other = elsewhere(one, one.value().longValueExact());
        world.byStranger(other, ChainWorld.sign(payer, other));
      }
    }

    private static Authorization elsewhere(Authorization one, long value) {
      return new Authorization(
          one.from(),
          ELSEWHERE,
          BigInteger.valueOf(value),
          one.validAfter(),
          one.validBefore(),
          one.nonce());
    }

    private Authorization sign() {
      GasKey payer = ChainWorld.key(random.nextInt(BUYERS));
      // No two have the same value, by which they are found in the chain's logs.
      Authorization one = world.signedFor(payer, atoms++);
      signed.add(one);
      payers.put(one, payer);
      return one;
    }

    private Optional<Authorization> any() {
      return signed.isEmpty()
          ? Optional.empty()
          : Optional.of(signed.get(random.nextInt(signed.size())));
    }

    private GasKey payer(Authorization one) {
      return Optional.ofNullable(payers.get(one)).orElseThrow();
    }

    private byte[] sign(Authorization one) {
      return ChainWorld.sign(payer(one), one);
    }

    private void handIn(Authorization one) {
      world.handInQuietly(payer(one), one);
    }

    private void fail() {
      int seldom = 1 + random.nextInt(4);
      Fault fault = random.nextBoolean() ? Fault.UNHEARD : Fault.UNANSWERED;
      SplittableRandom own = random.split();
      world.node.fail(_ -> {
        synchronized (own) {
          return own.nextInt(seldom) == 0 ? fault : Fault.NONE;
        }
      });
    }

    /// A buyer spends nearly all elsewhere, or gets money again.
    private void moveAway() {
      GasKey payer = ChainWorld.key(random.nextInt(BUYERS));
      long has = world.anvil.balance(payer.address());
      if (has < 100) {
        world.anvil.mint(payer.address(), 500);
        return;
      }
      Authorization elsewhere = elsewhere(world.signedFor(payer, 0), has - 10);
      world.byStranger(elsewhere, ChainWorld.sign(payer, elsewhere));
    }

    private void expectDecisionsToStay() {
      for (Authorization one : signed) {
        world
            .row(one)
            .filter(row -> !row.state().isOpen())
            .ifPresent(row -> {
              State before = decided.putIfAbsent(one, row.state());
              assertThat(before == null ? row.state() : before).isEqualTo(row.state());
            });
      }
    }

    private boolean isDone() {
      return signed.stream()
          .map(world::row)
          .flatMap(Optional::stream)
          .noneMatch(row -> row.state().isOpen() || row.isNonceOpen());
    }

    private void compare() {
      world.anvil.mine(ChainWorld.CONFIRMATIONS);
      var paid = new TreeSet<Long>();
      JsonNode logs =
          world.anvil.call(
              "eth_getLogs",
              Map.of("address", Anvil.DOLLAR.text(), "fromBlock", "0x0", "toBlock", "latest"));
      long sum = 0;
      for (JsonNode log : logs) {
        boolean isForSeller =
            log.at("/topics/0").asString().equals(TokenCalls.TRANSFER)
                && log.at("/topics/2").asString().equals(TokenCalls.topic(ChainWorld.SELLER));
        if (isForSeller) {
          long value = Long.parseLong(log.get("data").asString().substring(2), 16);
          assertThat(paid.add(value)).as("%s is paid once", value).isTrue();
          sum += value;
        }
      }
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(sum);
      for (Authorization one : signed) {
        boolean isPaid = paid.contains(one.value().longValueExact());
        world
            .row(one)
            .ifPresent(row ->
                assertThat(row.state())
                    .as("payment %s, %s", one.value(), row.reason())
                    .isEqualTo(isPaid ? State.FINAL : State.FAILED));
      }
    }
  }
}
