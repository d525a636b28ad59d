package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.sdk.Denial.Limit;
import dev.meshkore.sdk.Seller.Said;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What a seller wants and may not have.
final class PaymentTermsTest {
  private static final String OTHER = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

  private final Budget budget =
      Budget.of(Allowance.of(Seller.NETWORK, Seller.DOLLAR, 10_000, 15_000));

  /// One way to pay, and the limit that stands against it.
  private record Case(String name, Limit limit, ObjectNode way) {
    static Case of(String name, Limit limit, Consumer<ObjectNode> change) {
      ObjectNode way = Seller.way("10");
      change.accept(way);
      return new Case(name, limit, way);
    }
  }

  @Test
  void namesTheLimitThatStandsAgainstAPayment() throws Exception {
    var cases = new ArrayList<Case>();
    cases.add(Case.of("price", Limit.PER_PAYMENT, way -> way.put("amount", "10001")));
    cases.add(Case.of("chain", Limit.NETWORK, way -> way.put("network", "eip155:8453")));
    cases.add(Case.of("solana", Limit.NETWORK, way -> way.put("network", "solana:5eykt4UsFv8P8")));
    cases.add(Case.of("name", Limit.NETWORK, way -> way.put("network", "base-sepolia")));
    cases.add(Case.of("zeros", Limit.NETWORK, way -> way.put("network", "eip155:084532")));
    cases.add(Case.of("asset", Limit.ASSET, way -> way.put("asset", OTHER)));
    cases.add(Case.of("scheme", Limit.SCHEME, way -> way.put("scheme", "upto")));
    cases.add(
        Case.of("permit", Limit.SCHEME, way -> extra(way).put("assetTransferMethod", "permit2")));
    cases.add(Case.of("years", Limit.TIME, way -> way.put("maxTimeoutSeconds", 99_999_999L)));
    // Signed for another token's contract, a payment would be one in that token.
    cases.add(new Case("contract", Limit.CONTRACT, Seller.batched("10", OTHER)));
    for (String amount :
        List.of(
            "0", "-1", "1e3", "01", "1.5", " 1", "+1", "0x1", "", "9".repeat(78), "9".repeat(99))) {
      cases.add(Case.of("amount " + amount, Limit.TERMS, way -> way.put("amount", amount)));
    }
    cases.add(Case.of("a number", Limit.TERMS, way -> way.put("amount", 10)));
    cases.add(Case.of("no amount", Limit.TERMS, way -> way.remove("amount")));
    cases.add(Case.of("no name", Limit.TERMS, way -> extra(way).remove("name")));
    cases.add(Case.of("no extra", Limit.TERMS, way -> way.remove("extra")));
    cases.add(
        Case.of("no gateway", Limit.TERMS, way -> extra(way).put("name", "GatewayWalletBatched")));
    cases.add(
        Case.of(
            "checksum", Limit.TERMS, way -> way.put("payTo", Seller.PAY_TO.replace("7C", "7c"))));
    cases.add(Case.of("short", Limit.TERMS, way -> way.put("payTo", "0x12")));
    cases.add(Case.of("no time", Limit.TERMS, way -> way.put("maxTimeoutSeconds", 0)));
    cases.add(Case.of("a text", Limit.TERMS, way -> way.put("maxTimeoutSeconds", "60")));
    cases.add(Case.of("half", Limit.TERMS, way -> way.put("maxTimeoutSeconds", 1.5)));
    var wanted = new AtomicReference<>(Seller.required());
    try (var seller =
            Seller.of(one -> one.isPaid() ? Seller.served(one) : Seller.unpaid(wanted.get()));
        var client = client()) {
      for (Case one : cases) {
        wanted.set(Seller.required(one.way()));
        var denied = catchThrowableOfType(PaymentDeniedException.class, () -> get(client, seller));
        assertThat(denied).as(one.name()).isNotNull();
        assertThat(denied.denials())
            .as(one.name())
            .extracting(Denial::limit)
            .containsExactly(one.limit());
        assertThat(denied).hasMessageContaining(one.limit().toString());
      }
      assertThat(seller.asked()).hasSize(cases.size());
      assertThat(seller.paid()).isEmpty();
      assertThat(signed()).isZero();

      // The first that is within the limits is taken, whatever stands before and behind it.
      wanted.set(
          Seller.required(
              Seller.way("10001"), Seller.batched("9", OTHER), Seller.way("9"), Seller.way("1")));
      assertThat(Seller.payment(get(client, seller)).amount()).isEqualTo(9);
      wanted.set(Seller.required(Seller.way("9992")));
      assertThat(get(client, seller).status()).isEqualTo(200);
      // 9 and 9,992 are signed.
      wanted.set(Seller.required(Seller.way("5000")));
      var denied = catchThrowableOfType(PaymentDeniedException.class, () -> get(client, seller));
      assertThat(denied.denials()).extracting(Denial::limit).containsExactly(Limit.IN_ALL);
      assertThat(signed()).isEqualTo(10_001);
    }
  }

  @Test
  void paysNothingWithoutAnAllowance() throws Exception {
    try (var seller = Seller.wanting(Seller.required(Seller.way("1")));
        var client = PayingClient.of(EvmWallet.of(TestHub.strangersKeys()), Budget.of())) {
      assertThatThrownBy(() -> get(client, seller))
          .isInstanceOf(PaymentDeniedException.class)
          .hasMessageContaining("NETWORK: Nothing may be paid on the network " + Seller.NETWORK);
      assertThat(seller.paid()).isEmpty();
    }
  }

  @Test
  void readsNothingOutOfWhatIsNoTerms() throws Exception {
    String good = Seller.header(Seller.required(Seller.way("1")));
    var wanted = new AtomicReference<>(Said.of(402, ""));
    var answers = new ArrayList<Said>();
    for (String header :
        List.of(
            "%%%",
            "e30=",
            Seller.header(Json.of(List.of(1))),
            good.substring(0, 100),
            "bnVsbA==",
            Seller.header(Seller.required()),
            Seller.header(Seller.required().put("accepts", 1)),
            Seller.header(Seller.required(Seller.way("1")).put("x402Version", 3)),
            Seller.header(Seller.required(Seller.way("1")).put("x402Version", "2")),
            Seller.header(Seller.required(Seller.way("1")).put("error", "x".repeat(60_000))))) {
      answers.add(new Said(402, Map.of("PAYMENT-REQUIRED", header), "{}"));
    }
    for (String body :
        List.of(
            "",
            "no",
            "[",
            "[]",
            "{}",
            "null",
            "[".repeat(5_000),
            "{\"x402Version\":1}",
            "{\"x402Version\":2,\"accepts\":[" + Seller.way("1") + "]}",
            "{\"x402Version\":1,\"accepts\":[1,null,\"a\",[],{}]}",
            "{\"x402Version\":1,\"x\":\"" + "x".repeat(PaymentTerms.BODY_BYTES_MAX) + "\"}")) {
      answers.add(Said.of(402, body));
    }
    try (var seller = Seller.of(one -> one.isPaid() ? Seller.served(one) : wanted.get());
        var client = client()) {
      for (Said answer : answers) {
        wanted.set(answer);
        var denied = catchThrowableOfType(PaymentDeniedException.class, () -> get(client, seller));
        assertThat(denied).as(answer.toString()).isNotNull();
        assertThat(denied.denials()).extracting(Denial::limit).containsOnly(Limit.TERMS);
      }
      assertThat(seller.paid()).isEmpty();
    }
  }

  /// Terms in which chance has changed something: whatever is signed is within the limits, and
  /// nothing else happens than that it is denied.
  @Test
  void signsNothingOverTheLimitsWhateverASellerSays() throws Exception {
    long seed = Long.getLong("seed", new SplittableRandom().nextLong());
    var random = new SplittableRandom(seed);
    List<Object> values =
        List.of(
            "1",
            "10000",
            "10001",
            "",
            "exact",
            Seller.NETWORK,
            "eip155:1",
            OTHER,
            Seller.DOLLAR,
            Seller.PAY_TO,
            -1,
            0,
            60,
            1e300,
            1L << 40,
            true,
            List.of(),
            Map.of(),
            "2",
            "USDC");
    var wanted = new AtomicReference<>(Seller.required());
    try (var seller =
            Seller.of(one -> one.isPaid() ? Seller.served(one) : Seller.unpaid(wanted.get()));
        var client = client()) {
      for (int i = 0; i < 300; i++) {
        ObjectNode way =
            random.nextBoolean() ? Seller.way("1") : Seller.batched("1", Seller.DOLLAR);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
          ObjectNode where =
              random.nextInt(3) == 0 && way.path("extra").isObject() ? extra(way) : way;
          List<String> names = List.copyOf(where.propertyNames());
          if (!names.isEmpty()) {
            where.set(
                names.get(random.nextInt(names.size())),
                Json.of(values.get(random.nextInt(values.size()))));
          }
        }
        wanted.set(Seller.required(way));
        int before = seller.paid().size();
        try {
          Payment payment = Seller.payment(get(client, seller));
          assertThat(payment.amount().longValueExact()).as("seed " + seed).isBetween(1L, 10_000L);
          assertThat(payment.asset()).isEqualTo(Seller.DOLLAR);
          assertThat(payment.network()).isEqualTo(Seller.NETWORK);
        } catch (PaymentDeniedException denied) {
          assertThat(seller.paid()).as("seed " + seed).hasSize(before);
        }
      }
      assertThat(signed()).as("seed " + seed).isBetween(1L, 15_000L);
    }
  }

  private long signed() {
    return budget
        .signed(Allowance.of(Seller.NETWORK, Seller.DOLLAR, 10_000, 15_000))
        .longValueExact();
  }

  private PayingClient client() {
    return PayingClient.of(EvmWallet.of(TestHub.strangersKeys()), budget);
  }

  private static ObjectNode extra(ObjectNode way) {
    return (ObjectNode) way.path("extra");
  }

  private static PaidResponse<String> get(PayingClient client, Seller seller) {
    return client.send(HttpRequest.newBuilder(seller.url()).build(), BodyHandlers.ofString());
  }
}
