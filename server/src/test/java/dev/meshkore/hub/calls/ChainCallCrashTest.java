package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.chain.GasOf;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.FaultyNode;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A hub ends between a payment's look, the seller's answer and the chain's, at one call of its
/// node after the other; it starts again, and the call is answered and paid once.
final class ChainCallCrashTest {
  private static final int STEPS = 16;
  private static final int STRIDE = 4;

  @TempDir private Path folder;

  @Test
  void aCallIsPaidOnceWhereverItsHubEnds() {
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get();
        var node = new FaultyNode(anvil)) {
      Map<String, String> settings = new HashMap<>(ChainHub.settings(anvil, Map.of()));
      settings.put("evm-rpc", node.url().toString());
      settings.put("data", folder.toString());
      Wallet wallet = Wallet.of(1);
      anvil.mint(wallet.address(), 100 * ChainShop.PRICE);
      ChainShop shop;
      try (TestHub hub = TestHub.start(settings)) {
        anvil.giveEther(GasOf.hub(folder), BigInteger.TEN.pow(18));
        shop = new ChainShop(anvil, hub);
      }
      long paid = 0;
      for (Fault fault : new Fault[] {Fault.UNHEARD, Fault.UNANSWERED}) {
        for (int step = 0; step < STEPS; step += STRIDE) {
          String input = "\"%s %s\"".formatted(fault, step);
          paid += ChainShop.PRICE;
          endAndBegin(settings, shop, node, wallet, new End(fault, step, input));
          assertThat(anvil.balance(ChainShop.TILL)).as(input).isEqualTo(paid);
        }
      }
    }
  }

  /// Where a hub ends, and with which call.
  private record End(Fault fault, int step, String input) {}

  private static void endAndBegin(
      Map<String, String> settings, ChainShop before, FaultyNode node, Wallet wallet, End end) {
    String signed;
    try (TestHub hub = TestHub.start(settings)) {
      var shop = at(hub, before);
      signed = shop.sign(wallet);
      assertThat(shop.call("?wait=0", end.input, "PAYMENT-SIGNATURE", signed).statusCode())
          .isEqualTo(202);
    }
    JsonNode call;
    try (TestHub hub = TestHub.start(settings)) {
      var shop = at(hub, before);
      call = shop.next();
      var seen = new AtomicInteger();
      node.fail(_ -> {
        int number = seen.getAndIncrement();
        if (number == end.step) {
          return end.fault;
        }
        return number < end.step ? Fault.NONE : Fault.UNHEARD;
      });
      shop.answer(call, "{\"output\":%s}".formatted(end.input));
      shop.seller.get(200, "/calls/" + call.get("call_id").stringValue() + "?wait=1");
    }
    node.heal(0);
    try (TestHub hub = TestHub.start(settings)) {
      var shop = at(hub, before);
      HttpResponse<String> got = shop.call("?wait=60", end.input, "PAYMENT-SIGNATURE", signed);
      assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
      assertThat(got.body()).isEqualTo(end.input);
      assertThat(shop.until(call, "answered").get("transaction").stringValue()).startsWith("0x");
    }
  }

  private static ChainShop at(TestHub hub, ChainShop before) {
    return new ChainShop(
        before.anvil, hub, Caller.of(hub, "seller", before.seller.key()), before.service);
  }
}
