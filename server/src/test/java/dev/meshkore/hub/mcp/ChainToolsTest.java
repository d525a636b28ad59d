package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.Wallet;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Services that a chain pays, by tools.
final class ChainToolsTest {
  private static final Address TILL = Wallet.of(203).address();
  private static final AtomicInteger WALLETS = new AtomicInteger(80);

  @Test
  void aToolPublishesCallsAndAnswersWhatAChainPays() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          long till = anvil.balance(TILL);
          HttpClient client = HttpClient.newHttpClient();
          McpPlayer alice = McpPlayer.join(client, hub, Era.MODERN, "alice").with("market,money");
          McpPlayer bob = McpPlayer.join(client, hub, Era.MODERN, "bob").with("market,money");
          Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
          anvil.mint(wallet.address(), 10_000);
          String service =
              bob.data(
                      "publish_service", ChainHub.listing("Capitals", 10_000, ChainHub.ASSET, TILL))
                  .get("service_id")
                  .stringValue();
          assertThat(alice.text("find_services", "{}")).contains(ChainHub.ASSET);
          String call =
              "{\"service_id\":\"%s\",\"input\":\"hi\",\"wait_seconds\":0}".formatted(service);
          JsonNode required = alice.call("call_service", call).get("structuredContent");
          JsonNode way = required.get("accepts").get(0);
          assertThat(way.get("payTo").stringValue()).isEqualTo(TILL.text());
          ObjectNode payment = wallet.pays(way, hub.now().getEpochSecond());
          JsonNode waiting = alice.call("call_service", call, payment);
          assertThat(waiting.at("/structuredContent/state").stringValue()).isEqualTo("waiting");
          String id = waiting.at("/structuredContent/call_id").stringValue();
          assertThat(bob.text("calls", "{}")).contains(id).contains(ChainHub.ASSET);
          bob.data("answer_call", "{\"call_id\":\"%s\",\"output\":[\"HI\"]}".formatted(id));
          String patient = call.replace("\"wait_seconds\":0", "\"wait_seconds\":30");
          JsonNode done = alice.call("call_service", patient, payment);
          assertThat(done.at("/structuredContent/output/0").stringValue()).isEqualTo("HI");
          assertThat(done.at("/_meta/x402~1payment-response/transaction").stringValue())
              .startsWith("0x");
          assertThat(anvil.balance(TILL)).isEqualTo(till + 10_000);
        });
  }
}
