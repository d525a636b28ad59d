package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A wallet that calls and pays services of a hub, on its ledger, and sends no key of the agent's.
final class PayingAtHubTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private TestHub hub;
  private MeshKoreAgent buyer;
  private MeshKoreAgent seller;
  private String service;
  private Allowance credits;

  @BeforeEach
  void start() throws Exception {
    hub = TestHub.start(folder);
    buyer = hub.agent("buyer");
    seller = hub.agent("seller");
    hub.deposit(buyer, "1");
    ObjectNode listing =
        Json.object().put("name", "Capitals").put("description", "Writes in capitals.");
    listing.putObject("price").put("amount", "0.01").put("asset", "CREDIT").put("unit", "call");
    service = hub.call(seller, "/services", listing).path("service_id").asString();
    credits = buyer.wallet().allowance(10_000, 25_000);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void callsAndPaysOnce() throws Exception {
    Budget budget = Budget.of(credits);
    try (var client = PayingClient.of(wallet(), budget)) {
      Thread selling = Thread.startVirtualThread(this::sellOne);
      HttpRequest request = request("hello", 20);
      PaidResponse<String> answer = client.send(request, BodyHandlers.ofString());
      selling.join();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"text\":\"HELLO\"}");
      assertThat(Seller.settlement(answer).isDone()).isTrue();
      assertThat(Seller.settlement(answer).payer()).isEqualTo(wallet().address());
      assertThat(Seller.payment(answer).identifier()).isPresent();
      assertThat(atoms(buyer)).isEqualTo(990_000);
      assertThat(atoms(seller)).as("less the fee of 3%").isEqualTo(9_700);
      // The answer is there for whoever lost it, and paid already.
      PaidResponse<String> again =
          client.resend(request, Seller.payment(answer), BodyHandlers.ofString());
      assertThat(again.body()).isEqualTo(answer.body());
      assertThat(atoms(buyer)).isEqualTo(990_000);
      assertThat(budget.signed(credits)).isEqualTo(10_000);
      assertThatThrownBy(() ->
              client.resend(request("else", 20), Seller.payment(answer), BodyHandlers.ofString()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void fetchesLaterWhatIsNotThereYet() throws Exception {
    try (var client = PayingClient.of(wallet(), Budget.of(credits))) {
      PaidResponse<String> waiting = client.send(request("slow", 0), BodyHandlers.ofString());
      assertThat(waiting.status()).isEqualTo(202);
      assertThat(waiting.settlement()).isNull();
      sellOne();
      PaidResponse<String> there =
          client.resend(request("slow", 0), Seller.payment(waiting), BodyHandlers.ofString());
      assertThat(there.body()).isEqualTo("{\"text\":\"SLOW\"}");
      assertThat(atoms(buyer)).isEqualTo(990_000);
    }
  }

  @Test
  void saysThatTheMoneyIsNotThere() throws Exception {
    var poor = EvmWallet.of(hub.agent("poor").keys().orElseThrow());
    var unknown = EvmWallet.of(TestHub.strangersKeys());
    for (EvmWallet one : new EvmWallet[] {poor, unknown}) {
      try (var client = PayingClient.of(one, Budget.of(credits))) {
        var refused =
            catchThrowableOfType(
                PaymentRefusedException.class,
                () -> client.send(request("hello", 0), BodyHandlers.ofString()));
        assertThat(refused.reason()).isNotEmpty();
        assertThat(refused.isInDoubt()).isFalse();
      }
    }
    assertThat(atoms(buyer)).isEqualTo(1_000_000);
  }

  @Test
  void callsOutOfTheWalletToo() {
    PaidCalls calls = buyer.calls();
    PaidCall waiting = calls.call("c1", service, "0.01", Map.of("text", "hi"), Duration.ZERO);
    assertThat(waiting.state()).isEqualTo("waiting");
    assertThat(buyer.wallet().balances())
        .containsExactly(new Balance("CREDIT", 6, 990_000, 10_000, 0));
    assertThat(seller.calls().waiting())
        .extracting(PaidCall::callId)
        .isEqualTo(List.of(waiting.callId()));
    sellOne();
    PaidCall answered = calls.get(waiting.callId(), SOON);
    assertThat(answered.output()).isEqualTo(Json.of(Map.of("text", "HI")));
    assertThat(buyer.wallet().transfer(answered.transferId()).state()).isEqualTo("paid");
    // The same id is the same call, and another one is another.
    PaidCall again = calls.call("c1", service, "0.01", Map.of("text", "hi"), SOON);
    assertThat(again.output()).isEqualTo(answered.output());
    PaidCall other = calls.call("c2", service, "0.01", "not now", Duration.ZERO);
    assertThat(seller.calls().decline(other.callId(), "closed").reason()).isEqualTo("closed");
    assertThat(atoms(buyer)).isEqualTo(990_000);
    assertThatThrownBy(() -> calls.call("c3", service, "0.009", "dear", Duration.ZERO))
        .isInstanceOf(ProblemException.class);
    assertThat(atoms(seller)).as("less the fee of 3%").isEqualTo(9_700);
  }

  @Test
  void paysAnAgentOnceByItsId() {
    for (int i = 0; i < 2; i++) {
      Transfer paid = buyer.wallet().pay("p1", "seller", "0.25", "n1");
      assertThat(paid.state()).isEqualTo("paid");
      assertThat(paid.atoms()).isEqualTo(250_000);
      assertThat(paid.to()).isEqualTo("seller");
      assertThat(paid.document().path("about").asString()).isEqualTo("n1");
      assertThat(seller.wallet().transfer(paid.transferId()).from()).isEqualTo("buyer");
    }
    assertThat(atoms(buyer)).isEqualTo(750_000);
    assertThat(atoms(seller)).isEqualTo(250_000);
    assertThatThrownBy(() -> buyer.wallet().pay("p2", "seller", "1", null))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> assertThat(refused.slug()).isEqualTo("insufficient-funds"));
    assertThatThrownBy(() -> Wallet.approved(Json.object().put("approval_id", "a1")))
        .isInstanceOfSatisfying(
            ProblemException.class,
            waits -> assertThat(waits.slug()).isEqualTo("approval-required"));
  }

  private EvmWallet wallet() {
    return EvmWallet.of(buyer.keys().orElseThrow());
  }

  private HttpRequest request(String text, int waitSeconds) {
    return HttpRequest.newBuilder(
            hub.url().resolve("/services/" + service + "/call?wait=" + waitSeconds))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"text\":\"" + text + "\"}"))
        .build();
  }

  /// Answers the next call, in capitals.
  private void sellOne() {
    Message notice =
        seller
            .next(one -> one.payload().path("notice").asString("").equals("call"), SOON)
            .orElseThrow();
    String id = notice.payload().path("call_id").asString();
    PaidCall call = seller.calls().get(id, Duration.ZERO);
    String text =
        Objects.requireNonNull(call.input()).path("text").asString().toUpperCase(Locale.ROOT);
    assertThat(seller.calls().answer(id, Map.of("text", text)).state()).isEqualTo("answered");
  }

  private static long atoms(MeshKoreAgent agent) {
    return agent.wallet().balances().getFirst().available();
  }
}
