package dev.meshkore.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Sends requests of HTTP and pays where a seller asks for it (status 402, x402 version 2 or 1),
/// within a budget. Calls block and are made for virtual threads. Thread-safe.
///
/// A payment is signed once for a request. What is lost on the way is asked for again with the same
/// payment, never with a second. Redirects are not followed: a payment goes nowhere but to the
/// address that was asked.
public final class PayingClient implements AutoCloseable {
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(45);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PAYMENT_REQUIRED = 402;

  /// Answers that say nothing of the payment, and pass: nothing was done, and nobody knows.
  private static final Set<Integer> BUSY = Set.of(429, 503);

  private static final Set<Integer> IN_DOUBT = Set.of(502, 504);

  /// What Java's own client sends again by itself when a connection breaks.
  private static final Set<String> REPEATED_UNASKED = Set.of("GET", "HEAD");

  /// As the official clients do: for clocks that are behind.
  private static final long BACKDATED_SECONDS = 600;

  private static final int NONCE_BYTES = 32;

  private final HttpClient http;
  private final boolean isOwn;
  private final EvmWallet wallet;
  private final Budget budget;
  private final Environment environment;

  PayingClient(
      EvmWallet wallet, Budget budget, HttpClient http, boolean isOwn, Environment environment) {
    if (http.followRedirects() != Redirect.NEVER) {
      throw new IllegalArgumentException(
          "A client that follows redirects would take payments along to strangers");
    }
    this.http = http;
    this.isOwn = isOwn;
    this.wallet = wallet;
    this.budget = budget;
    this.environment = environment;
  }

  /// A client that pays from a wallet what a budget allows.
  public static PayingClient of(EvmWallet wallet, Budget budget) {
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    return new PayingClient(wallet, budget, http, true, usual());
  }

  /// The same by a client of one's own, which must not follow redirects, and is not closed here.
  public static PayingClient of(EvmWallet wallet, Budget budget, HttpClient http) {
    return new PayingClient(wallet, budget, http, false, usual());
  }

  private static Environment usual() {
    return new Environment(InstantSource.system(), new SecureRandom(), PATIENCE);
  }

  /// Sends a request, and pays if the seller asks for it. Its body is read whole before, at most 16
  /// MiB. Until something is paid it is sent once; with a payment for up to two minutes until it is
  /// answered.
  ///
  /// @throws PaymentDeniedException when no way to pay is within the budget; nothing was signed
  /// @throws PaymentRefusedException when the seller did not take the payment
  /// @throws PaymentUnansweredException when no answer to the payment came; it has the payment
  /// @throws UnreachableException when no answer came before anything was signed
  public <T> PaidResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    byte[] body = checked(request);
    Answer<T> first;
    try {
      first = exchange(request, body, null, handler);
    } catch (IOException e) {
      throw new UnreachableException(request.uri() + " did not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("Interrupted", e);
    }
    return switch (first) {
      case Answer.Served<T> served ->
          new PaidResponse<>(served.status(), served.headers(), served.body(), null, null);
      case Answer.Unpaid<T> unpaid -> {
        PaymentTerms terms = PaymentTerms.read(unpaid.headers(), unpaid.body());
        Payment payment = signed(Payment.Matter.of(request, body), terms);
        boolean isInDoubt = REPEATED_UNASKED.contains(request.method());
        yield deliver(request, body, payment, isInDoubt, handler);
      }
    };
  }

  /// Asks again for what was paid already: when the answer was lost, or a seller has said that it
  /// comes later (status 202). Nothing is signed.
  ///
  /// @param request the same as before: method, address and body
  /// @throws IllegalArgumentException when the payment was signed for another request
  public <T> PaidResponse<T> resend(HttpRequest request, Payment payment, BodyHandler<T> handler) {
    byte[] body = checked(request);
    if (!payment.matter().equals(Payment.Matter.of(request, body))) {
      throw new IllegalArgumentException(
          "The payment is for another request: " + payment.matter().method() + " " + payment);
    }
    return deliver(request, body, payment, true, handler);
  }

  /// Ends the connections, if they are its own.
  @Override
  public void close() {
    if (isOwn) {
      http.shutdownNow();
      http.close();
    }
  }

  private static byte @Nullable [] checked(HttpRequest request) {
    for (String name : new String[] {Payment.HEADER, Payment.FORMER_HEADER}) {
      if (request.headers().firstValue(name).isPresent()) {
        throw new IllegalArgumentException("The request carries a payment already: " + name);
      }
    }
    return RequestBody.of(request);
  }

  private Payment signed(Payment.Matter matter, PaymentTerms terms) {
    var denials = new ArrayList<>(terms.denials());
    PaymentOffer offer =
        budget.take(terms.offers(), denials).orElseThrow(() -> new PaymentDeniedException(denials));
    long now = environment.clock().instant().getEpochSecond();
    byte[] nonce = new byte[NONCE_BYTES];
    environment.random().nextBytes(nonce);
    var authorization =
        new TransferAuthorization(
            wallet.evmAddress(),
            offer.payTo(),
            offer.amount(),
            BigInteger.valueOf(now - BACKDATED_SECONDS),
            BigInteger.valueOf(now + offer.seconds()),
            HexFormat.of().formatHex(nonce));
    ObjectNode payload = Json.object();
    byte[] signature = wallet.sign(authorization.digest(offer.domain()));
    payload.put("signature", "0x" + HexFormat.of().formatHex(signature));
    payload.set("authorization", authorization.json());
    String identifier = terms.wantsIdentifier() ? "pay_" + environment.freshId() : null;
    String value = terms.header(offer, payload, identifier);
    return new Payment(
        matter, offer, authorization, new Payment.Carrier(terms.headerName(), value, identifier));
  }

  private <T> PaidResponse<T> deliver(
      HttpRequest request,
      byte @Nullable [] body,
      Payment payment,
      boolean mayBeTaken,
      BodyHandler<T> handler) {
    Instant end = environment.clock().instant().plus(environment.patience());
    boolean isInDoubt = mayBeTaken;
    for (int failures = 0; ; failures++) {
      long least = 0;
      IOException lost;
      try {
        Answer<T> answer = exchange(request, body, payment, handler);
        return answered(answer, payment, isInDoubt);
      } catch (Busy busy) {
        isInDoubt |= !busy.isUntouched;
        least = busy.leastMs;
        lost = busy;
      } catch (IOException e) {
        isInDoubt = true;
        lost = e;
      } catch (InterruptedException e) {
        throw interrupted(payment, e);
      }
      if (!environment.clock().instant().plusMillis(least).isBefore(end)) {
        throw new PaymentUnansweredException(payment, "No answer came", lost);
      }
      try {
        environment.pause(least, failures);
      } catch (InterruptedException e) {
        throw interrupted(payment, e);
      }
    }
  }

  private static <T> PaidResponse<T> answered(
      Answer<T> answer, Payment payment, boolean isInDoubt) {
    Optional<Settlement> settlement = Settlement.read(answer.headers());
    return switch (answer) {
      case Answer.Served<T> served ->
          new PaidResponse<>(
              served.status(), served.headers(), served.body(), payment, settlement.orElse(null));
      case Answer.Unpaid<T> unpaid -> {
        String reason = settlement.map(Settlement::reason).orElse("");
        throw new PaymentRefusedException(
            payment,
            reason.isEmpty() ? PaymentTerms.error(unpaid.headers(), unpaid.body()) : reason,
            isInDoubt);
      }
    };
  }

  private static PaymentUnansweredException interrupted(Payment payment, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new PaymentUnansweredException(payment, "Interrupted", e);
  }

  /// For how long the other side wants to be left alone; 0 where it does not say it in seconds.
  private static long retryAfterMs(HttpHeaders headers) {
    String seconds = headers.firstValue("Retry-After").orElse("");
    return seconds.matches("[0-9]{1,6}") ? Long.parseLong(seconds) * 1_000 : 0;
  }

  private <T> Answer<T> exchange(
      HttpRequest request,
      byte @Nullable [] body,
      @Nullable Payment payment,
      BodyHandler<T> handler)
      throws IOException, InterruptedException {
    var sent = HttpRequest.newBuilder(request, (name, value) -> true);
    if (request.timeout().isEmpty()) {
      sent.timeout(ANSWER_WAIT);
    }
    if (body != null) {
      sent.method(request.method(), BodyPublishers.ofByteArray(body));
    }
    if (payment != null) {
      sent.setHeader(payment.carrier().name(), payment.carrier().value());
    }
    HttpResponse<Body<T>> response =
        http.send(sent.build(), info -> reader(info, payment, handler));
    return switch (response.body()) {
      case Body.Read<T> read ->
          new Answer.Served<>(response.statusCode(), response.headers(), read.value());
      case Body.Gone<T> unused -> throw new Busy(response.statusCode(), response.headers());
      case Body.Open<T> open -> {
        try (InputStream stream = open.stream()) {
          byte[] bytes = stream.readNBytes(PaymentTerms.BODY_BYTES_MAX);
          yield new Answer.Unpaid<>(response.headers(), bytes);
        }
      }
    };
  }

  private static <T> BodySubscriber<Body<T>> reader(
      ResponseInfo info, @Nullable Payment payment, BodyHandler<T> handler) {
    if (info.statusCode() == PAYMENT_REQUIRED) {
      return BodySubscribers.mapping(BodySubscribers.ofInputStream(), Body.Open::new);
    }
    boolean passes = BUSY.contains(info.statusCode()) || IN_DOUBT.contains(info.statusCode());
    if (payment != null && passes && Settlement.read(info.headers()).isEmpty()) {
      return BodySubscribers.replacing(new Body.Gone<>());
    }
    return BodySubscribers.mapping(handler.apply(info), Body.Read::new);
  }

  /// An answer that says nothing of the payment it came to, and passes.
  private static final class Busy extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean isUntouched;
    private final long leastMs;

    Busy(int status, HttpHeaders headers) {
      super("The seller answers " + status);
      isUntouched = BUSY.contains(status);
      leastMs = retryAfterMs(headers);
    }
  }

  /// What a seller answered: something, or that it wants to be paid.
  private sealed interface Answer<T> {
    HttpHeaders headers();

    record Served<T>(int status, HttpHeaders headers, T body) implements Answer<T> {}

    record Unpaid<T>(HttpHeaders headers, byte[] body) implements Answer<T> {}
  }

  /// The body of an answer: read as the caller wants it, or, of a 402, to be read here.
  private sealed interface Body<T> {
    record Read<T>(T value) implements Body<T> {}

    record Open<T>(InputStream stream) implements Body<T> {}

    /// Of an answer that is not the last.
    record Gone<T>() implements Body<T> {}
  }
}
