package dev.meshkore.hub.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.chain.GasOf;
import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Hubs that settle the test dollar on a local chain, on each database.
public final class ChainHub {
  /// The token that they settle.
  public static final String ASSET =
      "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

  private ChainHub() {}

  /// Plays on a chain that makes a block each second; left out where anvil is not installed.
  public static void onEach(Map<String, String> more, BiConsumer<Anvil, TestHub> test) {
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get()) {
      TestHub.onEach(
          settings(anvil, more),
          hub -> {
            anvil.giveEther(GasOf.hub(hub.data()), BigInteger.TEN.pow(18));
            test.accept(anvil, hub);
          });
    }
  }

  /// The settings of a hub on a chain, with some more.
  public static Map<String, String> settings(Anvil anvil, Map<String, String> more) {
    var all = new HashMap<>(more);
    all.put("evm-rpc", anvil.url().toString());
    all.put("x402-chain", "1");
    all.putIfAbsent("evm-confirmations", "2");
    all.put("evm-fee-max-gwei", "100");
    return all;
  }

  /// A service of a price for each call, paid to an address.
  public static String listing(String name, long atoms, String asset, Address payTo) {
    return """
    {"name":"%s","description":"Says it again.",
     "price":{"asset":"%s","atoms":%d,"unit":"call","pay_to":"%s"}}
    """
        .formatted(name, asset, atoms, payTo.text());
  }
}
