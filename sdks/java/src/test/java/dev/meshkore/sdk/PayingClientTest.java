package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.sdk.Seller.Said;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class PayingClientTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final EvmWallet WALLET = EvmWallet.of(TestHub.strangersKeys());
  private static final Allowance DOLLARS =
      Allowance.of(Seller.NETWORK, Seller.DOLLAR, 10_000, 25_000);
  private static final SignDomain OF_DOLLAR =
      new SignDomain("USDC", "2", 84_532, EvmAddress.read(Seller.DOLLAR).orElseThrow());

  private final Budget budget = Budget.of(DOLLARS);

  @Test
  void paysWhatIsAskedAndRepeatsTheWholeRequest() throws Exception {
    ObjectNode way = Seller.way("10000");
    ObjectNode required = Seller.required(way);
    ObjectNode extensions = required.putObject("extensions");
    extensions.putObject("bazaar").putObject("info").put("of", "the seller");
    extensions.putObject("payment-identifier").putObject("info").put("required", false);
    try (var seller = Seller.wanting(required);
        var client = client(budget)) {
      // A body that can be read once only.
      var once = new ByteArrayInputStream("where?".getBytes(UTF_8));
      HttpRequest request =
          HttpRequest.newBuilder(seller.url())
              .header("Accept", "text/plain")
              .POST(BodyPublishers.ofInputStream(() -> once))
              .build();
      PaidResponse<String> answer = client.send(request, BodyHandlers.ofString());

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("fine");
      assertThat(answer.settlement())
          .isEqualTo(new Settlement(true, "0xabc", Seller.NETWORK, WALLET.address(), ""));
      assertThat(seller.asked()).extracting(Seller.Asked::body).containsExactly("where?", "where?");
      assertThat(seller.asked()).extracting(Seller.Asked::isPaid).containsExactly(false, true);

      JsonNode said = seller.paid().getFirst().said();
      assertThat(said.path("x402Version").asInt()).isEqualTo(2);
      assertThat(seller.paid().getFirst().header()).isEqualTo("PAYMENT-SIGNATURE");
      assertThat(said.path("accepted")).isEqualTo(way);
      assertThat(said.path("resource")).isEqualTo(required.path("resource"));
      Payment payment = Seller.payment(answer);
      assertThat(said.at("/extensions/bazaar")).isEqualTo(extensions.path("bazaar"));
      assertThat(said.at("/extensions/payment-identifier/info/id").asString())
          .matches("[A-Za-z0-9_-]{16,128}")
          .isEqualTo(payment.identifier().orElseThrow());
      JsonNode words = said.at("/payload/authorization");
      assertThat(words.path("to").asString()).isEqualTo(Seller.PAY_TO);
      assertThat(words.path("value").asString()).isEqualTo("10000");
      assertThat(words.path("validAfter").asString()).isEqualTo("1799999400");
      assertThat(words.path("validBefore").asString()).isEqualTo("1800000060");
      assertThat(words.path("nonce").asString()).isEqualTo(payment.nonce());
      assertThat(Seller.signer(said.path("payload"), OF_DOLLAR)).isEqualTo(WALLET.address());
      assertThat(payment.validBefore()).isEqualTo(NOW.plusSeconds(60));
      assertThat(budget.signed(DOLLARS)).isEqualTo(Seller.atoms(10_000));
    }
  }

  @Test
  void paysBesideVersionOneAsThatHasIt() throws Exception {
    ObjectNode way = Seller.way("7");
    way.put("network", "base-sepolia");
    way.put("maxAmountRequired", way.remove("amount").asString());
    ObjectNode required = Json.object().put("x402Version", 1);
    required.putArray("accepts").add(way);
    try (var seller =
            Seller.of(one ->
                one.isPaid()
                    ? new Said(
                        200,
                        Map.of("X-PAYMENT-RESPONSE", Seller.header(Seller.settled(one))),
                        "old")
                    : Said.of(402, Json.text(required)));
        var client = client(budget)) {
      PaidResponse<String> answer = get(client, seller);
      assertThat(answer.body()).isEqualTo("old");
      assertThat(Seller.settlement(answer).isDone()).isTrue();
      JsonNode said = seller.paid().getFirst().said();
      assertThat(said.path("x402Version").asInt()).isEqualTo(1);
      assertThat(seller.paid().getFirst().header()).isEqualTo("X-PAYMENT");
      assertThat(said.path("network").asString()).isEqualTo("base-sepolia");
      assertThat(said.path("scheme").asString()).isEqualTo("exact");
      assertThat(Seller.signer(said.path("payload"), OF_DOLLAR)).isEqualTo(WALLET.address());
      assertThat(Seller.payment(answer).network()).isEqualTo(Seller.NETWORK);
    }
  }

  @Test
  void signsForAGatewayWhereItIsAllowed() throws Exception {
    Budget through = Budget.of(DOLLARS.through(Seller.GATEWAY));
    try (var seller = Seller.wanting(Seller.required(Seller.batched("1", Seller.GATEWAY)));
        var client = client(through)) {
      assertThat(get(client, seller).status()).isEqualTo(200);
      EvmAddress gateway = EvmAddress.read(Seller.GATEWAY).orElseThrow();
      JsonNode payload = seller.paid().getFirst().said().path("payload");
      assertThat(
              Seller.signer(payload, new SignDomain("GatewayWalletBatched", "1", 84_532, gateway)))
          .isEqualTo(WALLET.address());
    }
  }

  @Test
  void paysNothingThatIsNotAskedFor() throws Exception {
    try (var seller = Seller.of(_ -> Said.of(404, "no"));
        var client = client(budget)) {
      PaidResponse<String> answer = get(client, seller);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("no");
      assertThat(answer.payment()).isNull();
      assertThat(seller.asked()).hasSize(1);
    }
  }

  @Test
  void signsAgainstNoMoreThanTheBudgetThoughManyAskAtOnce() throws Exception {
    Budget forFive = Budget.of(Allowance.of(Seller.NETWORK, Seller.DOLLAR, 100, 599));
    var denied = new AtomicInteger();
    try (var seller = Seller.wanting(Seller.required(Seller.way("100")));
        var client = client(forFive);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 24; i++) {
        threads.execute(() -> {
          try {
            get(client, seller);
          } catch (PaymentDeniedException full) {
            assertThat(full.denials())
                .extracting(Denial::limit)
                .containsExactly(Denial.Limit.IN_ALL);
            denied.incrementAndGet();
          }
        });
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(seller.paymentCount()).isEqualTo(5);
      assertThat(denied).hasValue(19);
    }
  }

  @Test
  void asksAgainWithTheSamePaymentWhenTheAnswerIsLost() throws Exception {
    var taken = new AtomicInteger();
    try (var seller =
            Seller.of(one -> {
              if (!one.isPaid()) {
                return Seller.unpaid(Seller.required(Seller.way("10000")));
              }
              return taken.incrementAndGet() <= 2 ? Said.NOTHING : Seller.served(one);
            });
        var client = client(budget)) {
      PaidResponse<String> answer = client.send(post(seller, "once"), BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("fine");
      assertThat(seller.paid()).hasSize(3).extracting(Seller.Asked::body).containsOnly("once");
      assertThat(seller.paymentCount()).isEqualTo(1);
      assertThat(budget.signed(DOLLARS)).isEqualTo(Seller.atoms(10_000));
    }
  }

  @Test
  void asksAgainWithTheSamePaymentWhenASellerIsBusy() throws Exception {
    var statuses = new ConcurrentLinkedQueue<>(List.of(503, 504));
    try (var seller =
            Seller.of(one -> {
              if (!one.isPaid()) {
                return Seller.unpaid(Seller.required(Seller.way("10000")));
              }
              Integer status = statuses.poll();
              return status == null ? Seller.served(one) : Said.of(status, "busy");
            });
        var client = client(budget)) {
      assertThat(get(client, seller).status()).isEqualTo(200);
      assertThat(seller.paid()).hasSize(3);
      assertThat(seller.paymentCount()).isEqualTo(1);
    }
  }

  @Test
  void takesAnAnswerThatSettlesForTheLast() throws Exception {
    Map<String, String> settled =
        Map.of("PAYMENT-RESPONSE", Seller.header(Seller.failed("call_failed")));
    try (var seller =
            Seller.of(one ->
                one.isPaid()
                    ? new Said(502, settled, "declined")
                    : Seller.unpaid(Seller.required(Seller.way("1"))));
        var client = client(budget)) {
      PaidResponse<String> answer = get(client, seller);
      assertThat(answer.status()).isEqualTo(502);
      assertThat(Seller.settlement(answer).reason()).isEqualTo("call_failed");
      assertThat(seller.paid()).hasSize(1);
    }
  }

  @Test
  void givesBackThePaymentThatNobodyAnsweredForAnotherTry() throws Exception {
    var isDeaf = new AtomicBoolean(true);
    try (var seller =
            Seller.of(one -> {
              if (!one.isPaid()) {
                return Seller.unpaid(Seller.required(Seller.way("10000")));
              }
              return isDeaf.get() ? Said.NOTHING : Seller.served(one);
            });
        var client = client(budget, Duration.ZERO)) {
      HttpRequest request = post(seller, "once");
      var lost =
          catchThrowableOfType(
              PaymentUnansweredException.class,
              () -> client.send(request, BodyHandlers.ofString()));
      Payment payment = lost.payment();
      assertThat(lost).hasMessageContaining("No answer came").hasCauseInstanceOf(Exception.class);
      isDeaf.set(false);
      for (HttpRequest other :
          new HttpRequest[] {
            post(seller, "another"),
            HttpRequest.newBuilder(seller.url()).build(),
            HttpRequest.newBuilder(seller.url().resolve("/other"))
                .POST(BodyPublishers.ofString("once"))
                .build()
          }) {
        assertThatThrownBy(() -> client.resend(other, payment, BodyHandlers.ofString()))
            .isInstanceOf(IllegalArgumentException.class);
      }
      PaidResponse<String> answer = client.resend(request, payment, BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("fine");
      assertThat(answer.payment()).isSameAs(payment);
      assertThat(seller.paymentCount()).isEqualTo(1);
      assertThat(budget.signed(DOLLARS)).isEqualTo(Seller.atoms(10_000));
    }
  }

  @Test
  void saysWhyASellerRefusedAndSignsNoSecondTime() throws Exception {
    var taken = new AtomicInteger();
    ObjectNode required = Seller.required(Seller.way("10000"));
    try (var seller =
            Seller.of(one -> {
              if (one.isPaid() && taken.incrementAndGet() == 2) {
                return Said.NOTHING;
              }
              String why = "no\u001b[2J\nfunds";
              return new Said(
                  402,
                  Map.of(
                      "PAYMENT-REQUIRED",
                      Seller.header(required),
                      "PAYMENT-RESPONSE",
                      Seller.header(Seller.failed(one.isPaid() ? why : ""))),
                  "{}");
            });
        var client = client(budget)) {
      HttpRequest request = post(seller, "once");
      var refused =
          catchThrowableOfType(
              PaymentRefusedException.class, () -> client.send(request, BodyHandlers.ofString()));
      assertThat(refused.reason()).isEqualTo("no\u001b[2J\nfunds");
      assertThat(refused.getMessage()).contains("\"no?[2J?funds\"");
      assertThat(refused.isInDoubt()).isFalse();
      assertThat(seller.paid()).hasSize(1);
      String signature =
          seller.paid().getFirst().said().at("/payload/signature").asString().substring(2);
      assertThat(refused + " " + refused.payment()).doesNotContain(signature);
      // It can still be taken, so it counts; and where an answer was lost, nobody knows.
      assertThat(budget.signed(DOLLARS)).isEqualTo(Seller.atoms(10_000));
      refused =
          catchThrowableOfType(
              PaymentRefusedException.class, () -> client.send(request, BodyHandlers.ofString()));
      assertThat(refused.isInDoubt()).isTrue();
      assertThat(seller.paid()).hasSize(3);
      Payment payment = refused.payment();
      refused =
          catchThrowableOfType(
              PaymentRefusedException.class,
              () -> client.resend(request, payment, BodyHandlers.ofString()));
      assertThat(refused.isInDoubt()).isTrue();
      assertThat(seller.paymentCount()).isEqualTo(2);
      assertThat(budget.signed(DOLLARS)).isEqualTo(Seller.atoms(20_000));
    }
  }

  @Test
  void takesNoPaymentToAnotherAddress() throws Exception {
    try (var thief = Seller.of(Seller::served);
        var client = client(budget)) {
      for (boolean isPaidFirst : new boolean[] {false, true}) {
        var moved = new Said(307, Map.of("Location", thief.url().toString()), "");
        try (var seller =
            Seller.of(one ->
                isPaidFirst && !one.isPaid()
                    ? Seller.unpaid(Seller.required(Seller.way("1")))
                    : moved)) {
          PaidResponse<String> answer = get(client, seller);
          assertThat(answer.status()).isEqualTo(307);
          assertThat(answer.payment() != null).isEqualTo(isPaidFirst);
        }
      }
      assertThat(thief.asked()).isEmpty();
      try (var following = HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build()) {
        assertThatThrownBy(() -> PayingClient.of(WALLET, budget, following))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void refusesRequestsThatItCannotSendTwice() throws Exception {
    try (var seller = Seller.of(Seller::served);
        var client = client(budget)) {
      HttpRequest paid =
          HttpRequest.newBuilder(seller.url()).header("payment-signature", "mine").build();
      HttpRequest long_ =
          HttpRequest.newBuilder(seller.url())
              .POST(BodyPublishers.ofByteArray(new byte[RequestBody.BYTES_MAX + 1]))
              .build();
      for (HttpRequest request : new HttpRequest[] {paid, long_}) {
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(seller.asked()).isEmpty();
      URI nowhere = URI.create("http://127.0.0.1:1/");
      assertThatThrownBy(
              () -> client.send(HttpRequest.newBuilder(nowhere).build(), BodyHandlers.ofString()))
          .isInstanceOf(UnreachableException.class);
    }
  }

  private static PayingClient client(Budget budget) {
    return client(budget, Duration.ofSeconds(20));
  }

  private static PayingClient client(Budget budget, Duration patience) {
    HttpClient http = HttpClient.newHttpClient();
    // The clock moves on with each look, so that patience ends.
    var looks = new AtomicInteger();
    InstantSource clock = () -> NOW.plusSeconds(4L * looks.getAndIncrement());
    return new PayingClient(
        WALLET, budget, http, true, new Environment(clock, new SecureRandom(), patience));
  }

  private static PaidResponse<String> get(PayingClient client, Seller seller) {
    return client.send(HttpRequest.newBuilder(seller.url()).build(), BodyHandlers.ofString());
  }

  private static HttpRequest post(Seller seller, String body) {
    return HttpRequest.newBuilder(seller.url()).POST(BodyPublishers.ofString(body)).build();
  }
}
