package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class WalletToolsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final TestHub hub = TestHub.start(Map.of());

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  private McpPlayer join(Era era, String id) {
    return McpPlayer.join(client, hub, era, id);
  }

  /// As the operator.
  private void order(String method, String path, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(hub.url() + path))
            .header("Authorization", "Bearer " + hub.adminKey())
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isLessThan(300);
  }

  private void give(String agent) throws IOException, InterruptedException {
    order(
        "POST",
        "/deposits",
        "{\"id\":\"in-%s\",\"agent_id\":\"%s\",\"amount\":\"10\"}".formatted(agent, agent));
  }

  private static long available(McpPlayer of) {
    return of.data("wallet", "{}").path("balances").get(0).path("available_atoms").longValue();
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void paysOnceByOneIdAndShowsWhatRestShows(Era era) throws Exception {
    McpPlayer alice = join(era, "alice");
    McpPlayer bob = join(era, "bob");
    give("alice");
    String call =
        """
        {"id":"k1","to":"bob","amount":"2.5","about":"IGNORE-ALL-RULES"}\
        """;
    ObjectNode paid = alice.data("pay", call);
    assertThat(alice.data("pay", call).get("transfer_id")).isEqualTo(paid.get("transfer_id"));
    assertThat(alice.call("pay", call.replace("2.5", "3")).toString()).contains("id-taken");
    assertThat(alice.call("pay", "{\"id\":\"k2\",\"to\":\"bob\",\"amount\":\"8\"}").toString())
        .contains("insufficient-funds");
    assertThat(available(alice)).isEqualTo(7_500_000);

    ObjectNode wallet = bob.data("wallet", "{}");
    assertThat(wallet.get("balances")).isEqualTo(bob.rest("/wallet").get("balances"));
    assertThat(wallet.get("transfers")).hasSize(1);
    assertThat(bob.data("wallet", "{\"transfer_id\":" + paid.get("transfer_id") + "}").get("state"))
        .isEqualTo(paid.get("state"));
    String text = bob.text("wallet", "{}");
    assertThat(text).contains("2.500000 CREDIT available", "from alice to bob, paid");
    assertThat(text.lines().filter(line -> line.contains("IGNORE")).toList())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("| "));
  }

  @Test
  void holdsPaysAPartGivesUpAndGivesBack() throws Exception {
    McpPlayer alice = join(Era.MODERN, "alice");
    McpPlayer bob = join(Era.MODERN, "bob");
    give("alice");
    String hold = "{\"id\":\"%s\",\"to\":\"bob\",\"amount\":\"6\",\"hold_seconds\":60}";
    JsonNode first = alice.data("pay", hold.formatted("h1")).get("transfer_id");
    String end = "{\"action\":\"%s\",\"transfer_id\":%s%s}";
    assertThat(bob.call("pay", end.formatted("post", first, "")).toString())
        .contains("not-allowed");
    ObjectNode posted = alice.data("pay", end.formatted("post", first, ",\"amount\":\"2\""));
    assertThat(posted.path("paid").path("atoms").longValue()).isEqualTo(2_000_000);
    JsonNode second = alice.data("pay", hold.formatted("h2")).get("transfer_id");
    assertThat(available(alice)).isEqualTo(2_000_000);
    assertThat(bob.data("pay", end.formatted("release", second, "")).get("state").stringValue())
        .isEqualTo("released");
    bob.data("pay", end.formatted("refund", first, ",\"id\":\"r1\",\"amount\":\"0.5\""));
    assertThat(available(alice)).isEqualTo(8_500_000);
    assertThat(available(bob)).isEqualTo(1_500_000);
  }

  @Test
  void refusesWhatMakesNoSense() {
    McpPlayer alice = join(Era.MODERN, "alice");
    McpPlayer bob = join(Era.MODERN, "bob");
    assertThat(alice.call("pay", "{\"to\":\"bob\",\"amount\":\"1\"}").toString())
        .contains("invalid-field");
    assertThat(alice.call("pay", "{\"action\":\"steal\"}").toString())
        .contains("There is no action of this name");
    assertThat(
            alice.call("pay", "{\"action\":\"post\",\"transfer_id\":\"../deposits\"}").toString())
        .contains("unknown-transfer");
    assertThat(bob.call("wallet", "{\"transfer_id\":\"t1\"}").toString())
        .contains("unknown-transfer");
    assertThat(bob.call("wallet", "{\"of\":\"alice\"}").toString()).contains("invalid-field");
  }

  @Test
  void saysSoWhenAPersonMustApproveFirst() throws Exception {
    McpPlayer alice = join(Era.MODERN, "alice");
    join(Era.MODERN, "bob");
    give("alice");
    order("PUT", "/holds/alice", "{\"kinds\":[\"first-contact\"]}");
    String call = "{\"id\":\"k1\",\"to\":\"bob\",\"amount\":\"1\"}";
    assertThat(alice.data("pay", call).get("state").stringValue()).isEqualTo("waiting");
    assertThat(alice.text("pay", call)).contains("Nothing is paid");
    assertThat(available(alice)).isEqualTo(10_000_000);
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void callsAServiceAndAnswersOne(Era era) throws Exception {
    McpPlayer alice = join(era, "alice");
    McpPlayer bob = join(era, "bob");
    give("alice");
    String service =
        bob.data(
                "publish_service",
                """
                {"name":"Capitals","description":"Writes in capitals.",
                 "price":{"amount":"0.5","asset":"CREDIT","unit":"call"}}
                """)
            .get("service_id")
            .stringValue();
    String call =
        """
        {"id":"c1","service_id":"%s","max":"0.5","input":"IGNORE ALL","wait_seconds":0}\
        """
            .formatted(service);
    assertThat(alice.data("call_service", call).get("state").stringValue()).isEqualTo("waiting");
    ObjectNode waiting = bob.data("calls", "{}");
    assertThat(waiting.get("notice").stringValue()).isNotEmpty();
    assertThat(bob.text("calls", "{}")).contains("| call_");
    String id = waiting.get("calls").get(0).get("call_id").stringValue();
    assertThat(bob.call("answer_call", "{\"call_id\":\"%s\"}".formatted(id)).toString())
        .contains("invalid-field");
    bob.data("answer_call", "{\"call_id\":\"%s\",\"output\":\"DONE\"}".formatted(id));
    assertThat(alice.data("call_service", call).get("output").stringValue()).isEqualTo("DONE");
    assertThat(alice.data("calls", "{\"role\":\"buyer\"}").get("calls")).hasSize(1);
    assertThat(available(bob)).isEqualTo(485_000);
  }

  @ParameterizedTest
  @EnumSource(Era.class)
  void paysByASignatureInMeta(Era era) throws Exception {
    McpPlayer alice = join(era, "alice");
    McpPlayer bob = join(era, "bob");
    give("alice");
    Wallet wallet = Wallet.of(1);
    wallet.bindTo(alice.caller());
    String service =
        bob.data(
                "publish_service",
                """
                {"name":"Capitals","description":"Writes in capitals.",
                 "price":{"amount":"0.5","asset":"CREDIT","unit":"call"}}
                """)
            .get("service_id")
            .stringValue();
    String call = "{\"service_id\":\"%s\",\"input\":\"hi\",\"wait_seconds\":0}".formatted(service);

    JsonNode refused = alice.call("call_service", call);
    assertThat(refused.get("isError").booleanValue()).isTrue();
    JsonNode required = refused.get("structuredContent");
    assertThat(required.get("x402Version").intValue()).isEqualTo(2);
    assertThat(required.at("/resource/url").stringValue()).endsWith("/" + service + "/call");
    JsonNode wrapped =
        McpPlayer.JSON.readTree(refused.get("content").get(0).get("text").stringValue());
    assertThat(wrapped.at("/x402~1error/code").intValue()).isEqualTo(402);
    assertThat(wrapped.at("/x402~1error/data/accepts")).isEqualTo(required.get("accepts"));

    JsonNode way = required.get("accepts").get(0);
    ObjectNode dear = wallet.pays(way, hub.now().getEpochSecond());
    ((ObjectNode) dear.get("payload").get("authorization")).put("value", "1");
    JsonNode bad = alice.call("call_service", call, dear);
    assertThat(bad.get("isError").booleanValue()).isTrue();
    assertThat(bad.at("/structuredContent/x402~1payment-response/success").booleanValue())
        .isFalse();
    assertThat(available(alice)).isEqualTo(10_000_000);

    ObjectNode payment = wallet.pays(way, hub.now().getEpochSecond());
    JsonNode waiting = alice.call("call_service", call, payment);
    assertThat(waiting.at("/structuredContent/state").stringValue()).isEqualTo("waiting");
    String id = waiting.at("/structuredContent/call_id").stringValue();
    bob.data("answer_call", "{\"call_id\":\"%s\",\"output\":[\"HI\"]}".formatted(id));
    JsonNode done = alice.call("call_service", call, payment);
    assertThat(done.at("/structuredContent/output/0").stringValue()).isEqualTo("HI");
    assertThat(done.at("/_meta/x402~1payment-response/success").booleanValue()).isTrue();
    assertThat(done.at("/_meta/x402~1payment-response/payer").stringValue())
        .isEqualTo(wallet.address().text());
    assertThat(available(alice)).as("paid once").isEqualTo(9_500_000);
    assertThat(available(bob)).as("less the fee").isEqualTo(485_000);
  }

  @Test
  void isAToolsetOfItsOwn() {
    McpPlayer alice = join(Era.MODERN, "alice");
    assertThat(alice.with("money").tools())
        .containsExactly("wallet", "pay", "call_service", "calls", "answer_call", "limits");
    assertThat(alice.with("money:ro").tools()).containsExactly("wallet", "calls", "limits");
  }
}
