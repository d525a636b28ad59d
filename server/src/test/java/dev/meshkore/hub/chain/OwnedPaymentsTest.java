package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.ChainRail.Stand;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A payment has one owner, who asks in whatever hub.
final class OwnedPaymentsTest {
  private static final long PRICE = 10_000;
  private static final GasKey BUYER = ChainWorld.key(1);

  @TempDir private Path folder;

  @Test
  void whatAnotherHubHandsInMeanwhileIsItsOwnersStill() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url)) {
        chain.mint(BUYER.address(), PRICE);
        Authorization one = world.signedFor(BUYER, PRICE);
        var isFirst = new AtomicBoolean(true);
        world.node.fail(method -> {
          if (method.equals("eth_getBlockByNumber") && isFirst.getAndSet(false)) {
            assertThat(stand(world, one, "call 1")).isEqualTo(new Stand.Open("", false));
            chain.mine(1);
          }
          return Fault.NONE;
        });
        assertThat(stand(world, one, "call 1"))
            .as("its nonce is used by then, and for this call")
            .isEqualTo(new Stand.Open("", false));
        world.go(ChainWorld.CONFIRMATIONS);
        assertThat(stand(world, one, "call 1")).isInstanceOf(Stand.Paid.class);
        assertThat(stand(world, one, "call 2")).isEqualTo(new Stand.Failed(Settler.USED, true));
        assertThat(chain.balance(ChainWorld.SELLER)).isEqualTo(PRICE);
      }
    }
  }

  private static Stand stand(ChainWorld world, Authorization one, String owner) {
    return world.rail.stand(ChainWorld.payment(BUYER, one), ChainWorld.required(one), owner);
  }
}
