package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import fr.acinq.secp256k1.Secp256k1;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A server that sells, of no use but for tests: it answers as it is told, and keeps what it was
/// asked.
final class Seller implements AutoCloseable {
  static final String NETWORK = "eip155:84532";
  static final String DOLLAR = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
  static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
  static final String GATEWAY = "0x0077777d7EBA4688BDeF3E311b846F25870A19B9";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Function<Asked, Said> answers;

  /// What it was asked.
  ///
  /// @param header the header that carries a payment, or ""
  /// @param payment its value, or ""
  record Asked(String body, String header, String payment) {
    boolean isPaid() {
      return !payment.isEmpty();
    }

    /// What the payment says.
    JsonNode said() {
      return Json.of(Json.read(new String(Base64.getDecoder().decode(payment), UTF_8)));
    }
  }

  /// What it answers; with status 0 it closes the connection without a word.
  record Said(int status, Map<String, String> headers, String body) {
    static final Said NOTHING = new Said(0, Map.of(), "");

    static Said of(int status, String body) {
      return new Said(status, Map.of(), body);
    }
  }

  private Seller(HttpServer server, Function<Asked, Said> answers) {
    this.server = server;
    this.answers = answers;
  }

  static Seller of(Function<Asked, Said> answers) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var seller = new Seller(HttpServer.create(address, 0), answers);
    seller.server.setExecutor(seller.threads);
    seller.server.createContext("/", seller::answer);
    seller.server.start();
    return seller;
  }

  /// One that wants to be paid so, and then serves.
  static Seller wanting(ObjectNode required) throws IOException {
    return of(one -> one.isPaid() ? served(one) : unpaid(required));
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/weather");
  }

  List<Asked> asked() {
    return asked;
  }

  List<Asked> paid() {
    return asked.stream().filter(Asked::isPaid).toList();
  }

  /// How many different payments it was shown.
  long paymentCount() {
    return paid().stream().map(Asked::payment).distinct().count();
  }

  static Said unpaid(ObjectNode required) {
    return new Said(402, Map.of("PAYMENT-REQUIRED", header(required)), "{}");
  }

  static Said served(Asked one) {
    return new Said(200, Map.of("PAYMENT-RESPONSE", header(settled(one))), "fine");
  }

  static ObjectNode settled(Asked one) {
    ObjectNode json = Json.object();
    json.put("success", true);
    json.put("transaction", "0xabc");
    json.put("network", NETWORK);
    json.put("payer", one.said().path("payload").path("authorization").path("from").asString(""));
    return json;
  }

  static ObjectNode failed(String reason) {
    return Json.object().put("success", false).put("errorReason", reason).put("transaction", "");
  }

  /// What version 2 says with 402.
  static ObjectNode required(ObjectNode... ways) {
    ObjectNode json = Json.object();
    json.put("x402Version", 2);
    json.put("error", "PAYMENT-SIGNATURE header is required");
    json.putObject("resource").put("url", "http://127.0.0.1/weather").put("description", "Sun");
    json.putArray("accepts").addAll(Arrays.asList(ways));
    return json;
  }

  /// One way to pay so many atoms of the dollar.
  static ObjectNode way(String atoms) {
    ObjectNode json = Json.object();
    json.put("scheme", "exact");
    json.put("network", NETWORK);
    json.put("amount", atoms);
    json.put("asset", DOLLAR);
    json.put("payTo", PAY_TO);
    json.put("maxTimeoutSeconds", 60);
    json.putObject("extra").put("name", "USDC").put("version", "2");
    return json;
  }

  /// The same through Circle's gateway, or what says it is.
  static ObjectNode batched(String atoms, String contract) {
    ObjectNode json = way(atoms);
    json.putObject("extra")
        .put("name", "GatewayWalletBatched")
        .put("version", "1")
        .put("verifyingContract", contract);
    return json;
  }

  static String header(JsonNode json) {
    return Base64.getEncoder().encodeToString(Json.text(json).getBytes(UTF_8));
  }

  /// The address whose key signed a payment for a domain.
  static String signer(JsonNode payload, SignDomain domain) {
    byte[] digest = TransferAuthorizationTest.words(payload.path("authorization")).digest(domain);
    byte[] signature = HexFormat.of().parseHex(payload.path("signature").asString().substring(2));
    byte[] point =
        Secp256k1.get().ecdsaRecover(Arrays.copyOf(signature, 64), digest, signature[64] - 27);
    return EvmAddress.ofKey(point).text();
  }

  /// What was signed for an answer that was paid.
  static Payment payment(PaidResponse<?> answer) {
    return Objects.requireNonNull(answer.payment());
  }

  /// What the seller says became of it.
  static Settlement settlement(PaidResponse<?> answer) {
    return Objects.requireNonNull(answer.settlement());
  }

  static BigInteger atoms(long count) {
    return BigInteger.valueOf(count);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      var headers = exchange.getRequestHeaders();
      var one = new Asked(body, "", "");
      for (String name : List.of("PAYMENT-SIGNATURE", "X-PAYMENT")) {
        String payment = headers.getFirst(name);
        if (payment != null) {
          one = new Asked(body, name, payment);
        }
      }
      asked.add(one);
      Said said = answers.apply(one);
      if (said.status() == 0) {
        return;
      }
      said.headers().forEach(exchange.getResponseHeaders()::add);
      byte[] bytes = said.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
