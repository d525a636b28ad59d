package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a service that is called says of that in the forms of other readers.
final class CallDocumentsTest {
  @TempDir Path folder;

  private static void assertListedAsItself(Caller seller, String service, String hub) {
    JsonNode listed =
        seller
            .get(200, "/x402/discovery/resources")
            .get("items")
            .valueStream()
            .filter(one -> one.get("resource").stringValue().contains(service))
            .findFirst()
            .orElseThrow();
    ObjectNode item = (ObjectNode) seller.get(200, "/services/" + service + "?format=bazaar");
    String call = hub + "/services/" + service + "/call";
    assertThat(item.get("resource").stringValue()).isEqualTo(call);
    assertThat(item.get("accepts")).hasSize(1);
    item.withObject("metadata").remove("service");
    assertThat((JsonNode) item).isEqualTo(listed);

    JsonNode event = seller.get(200, "/services/" + service + "?format=nostr");
    assertThat(event.get("tags").toString())
        .contains("[\"url\",\"" + call + "\"]")
        .contains("[\"pmi\",\"meshkore\",\"" + call + "\"]");
    assertThat(event.get("content").stringValue()).contains("\"endpoint\":\"" + call + "\"");
  }

  @Test
  void aServiceForCreditsIsListedAsItIsShown() throws Exception {
    Bank.onEach(
        folder,
        Map.of(),
        bank -> {
          var shop = new Shop(bank);
          bank.hub.advance(Duration.ofMinutes(2));
          assertListedAsItself(shop.seller, shop.service, bank.hub.url());
          JsonNode item = shop.seller.get(200, "/services/" + shop.service + "?format=bazaar");
          assertThat(item.at("/accepts/0")).isEqualTo(shop.required());
        });
  }

  @Test
  void aServiceForATokenOfAChainIsListedAsItIsShown() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          assertListedAsItself(shop.seller, shop.service, hub.url());
        });
  }

  @Test
  void whatNobodyCanCallNamesNoCall() throws Exception {
    Bank.onEach(
        folder,
        Map.of(),
        bank -> {
          var shop = new Shop(bank);
          String byHour = shop.publish("\"amount\":\"1\",\"asset\":\"CREDIT\",\"unit\":\"hour\"");
          assertCallsNothing(shop.seller, byHour, "");
          shop.seller.exchange(
              "PATCH", "/services/" + shop.service, "{\"description\":\"Says it twice.\"}");
          assertCallsNothing(shop.seller, shop.service, "&version=1");
          shop.seller.exchange("DELETE", "/services/" + shop.service, null);
          assertCallsNothing(shop.seller, shop.service, "");
        });
  }

  @Test
  void aPageForModelsSaysHowAServiceIsCalled() throws Exception {
    Bank.onEach(
        folder,
        Map.of(),
        bank -> {
          var shop = new Shop(bank);
          String path = "/services/" + shop.service;
          assertThat(page(shop.seller, path))
              .contains("0.010000 CREDIT each")
              .contains("`POST " + path + "/call`")
              .contains("`POST /calls` with `id`")
              .contains("the tool `call_service` with")
              .contains("/agents/seller/a2a with the metadata `meshkore.service`: `" + shop.service)
              .contains("To buy: `POST " + path + "/take`");
          shop.seller.exchange("DELETE", path, null);
          assertThat(page(shop.seller, path)).doesNotContain(path + "/call");
        });
  }

  @Test
  void whatAChainPaysIsNotPaidFromAWallet() {
    ChainHub.onEach(
        Map.of(),
        (anvil, hub) -> {
          var shop = new ChainShop(anvil, hub);
          assertThat(page(shop.seller, "/services/" + shop.service))
              .contains("/call` with the input")
              .doesNotContain("wallet");
        });
  }

  private static String page(Caller reader, String path) {
    return reader.exchange("GET", path + "?format=markdown", null).body();
  }

  private static void assertCallsNothing(Caller seller, String service, String version) {
    String path = "/services/" + service;
    JsonNode item = seller.get(200, path + "?format=bazaar" + version);
    assertThat(item.get("resource").stringValue()).endsWith(path);
    assertThat(item.get("accepts")).isEmpty();
    assertThat(seller.get(200, path + "?format=nostr" + version).toString())
        .doesNotContain(path + "/call");
  }
}
