package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What an owner allows its agent to pay on a chain.
final class JobsOnChainGuardsTest {
  @Test
  void mandatesCountWhatIsOnTheWayAndGetBackWhatGoesBack() {
    Pier.onOne(
        Map.of(),
        pier -> {
          Caller ada = new Site(pier.hub).owner("ada");
          Caller carol = new Site(pier.hub).agentOf(ada, "carol", "0");
          String first = agreed(pier, carol);
          String second = agreed(pier, carol);
          refused(pier, carol, first, 403, "mandate-required");
          ada.post(
              201,
              "/mandates",
              ("{\"agent_id\":\"carol\",\"expires_in\":604800,\"counterparties\":{},"
                      + "\"spend\":[{\"asset\":\"%s\",\"amount\":300000,"
                      + "\"rails\":[\"eip155:84532\"]}]}")
                  // With large digits where they are in the checksum: that is the same token.
                  .formatted("eip155:84532/erc20:" + Anvil.DOLLAR.text()));
          fund(pier, carol, 201, first);
          refused(pier, carol, second, 429, "budget-exhausted");
          // The provider leaves before the money is there: it goes back, and may be spent again.
          Site.step(pier.bob, 201, first, "reject", "");
          await(pier.bob, first, "void");
          fund(pier, carol, 201, second);
          await(pier.bob, second, "authorize");
          Site.submit(pier.bob, second);
          Site.step(carol, 201, second, "complete", "");
          assertThat(
                  pier.hub.texts(
                      "SELECT unit || ' ' || used FROM budget WHERE unit LIKE 'eip155:%'"))
              .containsOnly(Pier.ASSET + " 200000");
          refused(pier, carol, agreed(pier, carol), 429, "budget-exhausted");
        });
  }

  private static String agreed(Pier pier, Caller client) {
    String body =
        ("{\"provider\":\"bob\",\"subject\":\"Pages\",\"asset\":\"%s\",\"atoms\":200000,"
                + "\"payer\":\"%s\",\"pay_to\":\"%s\"}")
            .formatted(Pier.ASSET, pier.wallet.address().text(), pier.provider.text());
    String id = Site.id(client.post(201, "/jobs", body));
    Site.step(pier.bob, 201, id, "accept", "");
    return id;
  }

  private static JsonNode fund(Pier pier, Caller client, int status, String id) {
    JsonNode required = client.get(200, "/jobs/" + id).get("payment_requirements");
    JsonNode payment = pier.wallet.putsIntoEscrow(required, pier.hub.now().getEpochSecond());
    return Site.step(client, status, id, "fund", ",\"payment\":" + payment);
  }

  private static void refused(Pier pier, Caller client, String id, int status, String slug) {
    assertThat(Site.slug(fund(pier, client, status, id))).isEqualTo(slug);
  }

  /// Waits until the last thing that was ordered is this, and is done.
  private static void await(Caller side, String id, String what) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    JsonNode last;
    do {
      assertThat(System.nanoTime()).isLessThan(deadline);
      JsonNode all = side.get(200, "/jobs/" + id).get("on_chain");
      last = all.path(all.size() - 1);
    } while (!last.path("what").asString("").equals(what)
        || !last.path("state").asString("").equals("done"));
    if (what.equals("authorize")) {
      while (Site.state(side, id).equals("open")) {
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }
  }

  @Test
  void noOtherAgentsKeyPaysForAJob() {
    Pier.onOne(
        Map.of(),
        pier -> {
          Caller ada = new Site(pier.hub).owner("ada");
          Caller buyer = new Site(pier.hub).agentOf(ada, "buyer", "0");
          Caller helper = Caller.join(pier.hub, "helper");
          pier.wallet.bindTo(buyer);
          String job = agreed(pier, helper);
          // Without a mandate its holder pays nothing, and so nobody pays by its key.
          assertThat(fund(pier, helper, 400, job).get("field").stringValue()).isEqualTo("payment");
          ada.post(200, "/stop", "{\"scope\":\"agent:buyer\"}");
          assertThat(fund(pier, helper, 400, job).get("field").stringValue()).isEqualTo("payment");
          ada.post(200, "/resume", "{\"scope\":\"agent:buyer\"}");
          allow(ada, "buyer", 100_000);
          assertThat(fund(pier, helper, 400, job).get("field").stringValue())
              .as("more than its mandate")
              .isEqualTo("payment");
          refused(pier, buyer, agreed(pier, buyer), 429, "budget-exhausted");
          allow(ada, "buyer", 300_000);
          String own = agreed(pier, buyer);
          fund(pier, buyer, 201, own);
          await(pier.bob, own, "authorize");
          String key = buyer.get(200, "/keys").at("/keys/0/public_key").stringValue();
          buyer.call(204, "DELETE", "/keys/" + key, null);
          assertThat(fund(pier, helper, 400, job).get("field").stringValue())
              .as("a key that was given up")
              .isEqualTo("payment");
          assertThat(pier.escrowed()).isEqualTo(200_000);
        });
  }

  private static void allow(Caller owner, String agent, long atoms) {
    owner.post(
        201,
        "/mandates",
        ("{\"agent_id\":\"%s\",\"expires_in\":604800,\"counterparties\":{},"
                + "\"spend\":[{\"asset\":\"%s\",\"amount\":%d,\"rails\":[\"eip155:84532\"]}]}")
            .formatted(agent, Pier.ASSET, atoms));
  }
}
