package dev.meshkore.hub.outbound;

import dev.meshkore.hub.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// The one HTTP client for addresses that strangers named. A name is looked up once, every address
/// it has is checked, and the connection goes to exactly a checked one. No redirect is followed, no
/// cookie, credential or proxy of the hub is used, and everything ends in time and within bounds.
/// Thread-safe; calls block, so they run on virtual threads.
public final class OutboundClient implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final AddressRules rules;
  private final OutboundLimits limits;
  private final Connector connector;
  private final Semaphore calls;

  /// A client with the machine's resolver. Private networks and the machine itself are called only
  /// where they are allowed.
  public OutboundClient(boolean isPrivateAllowed) {
    this(
        isPrivateAllowed,
        NameResolver.SYSTEM,
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        OutboundLimits.NORMAL);
  }

  /// A client of these parts.
  public OutboundClient(
      boolean isPrivateAllowed,
      NameResolver resolver,
      SSLSocketFactory tls,
      OutboundLimits limits) {
    this.rules = new AddressRules(isPrivateAllowed);
    this.limits = limits;
    this.connector = new Connector(rules, resolver, tls, limits.connect());
    this.calls = new Semaphore(limits.callsAtOnce());
  }

  /// Takes an address that may be called, as far as its text tells. What its name leads to is
  /// checked with each call.
  ///
  /// @throws Refused with `outbound-refused` for what can never be allowed
  public void check(URI url) {
    Target.of(url, rules);
  }

  /// Asks for what is at an address.
  public Outcome get(URI url, Map<String, String> headers) {
    return call(new Call("GET", url, headers, NOTHING), null);
  }

  /// Posts a body to an address.
  public Outcome post(URI url, Map<String, String> headers, byte[] body) {
    return call(new Call("POST", url, headers, body), null);
  }

  /// Posts a body and hands over the data of each event of the answer, in order, on the caller's
  /// thread, until `wantsMore` says no or the stream ends; both are `Answered` with no body. An
  /// answer that is no stream of events is `Answered` as a whole.
  public Outcome stream(
      URI url, Map<String, String> headers, byte[] body, Predicate<byte[]> wantsMore) {
    return call(new Call("POST", url, headers, body), wantsMore);
  }

  /// Lets nothing begin any more, and ends what is open.
  @Override
  public void close() {
    connector.close();
  }

  private Outcome call(Call call, @Nullable Predicate<byte[]> wantsMore) {
    Target target;
    try {
      target = Target.of(call.url(), rules);
    } catch (Refused refused) {
      return new Outcome.Forbidden(refused.detail());
    }
    if (!call.isSendable()) {
      return new Outcome.Forbidden("A header of the call holds what no header may hold");
    }
    if (!calls.tryAcquire()) {
      return new Outcome.Failed("The hub has too many calls open");
    }
    Duration time = wantsMore == null ? limits.call() : limits.stream();
    try (var deadline = connector.deadline(time)) {
      return exchange(call, target, deadline, wantsMore);
    } finally {
      calls.release();
    }
  }

  private Outcome exchange(
      Call call, Target target, Deadline deadline, @Nullable Predicate<byte[]> wantsMore) {
    try (Socket socket = connector.connect(target, deadline)) {
      OutputStream out = socket.getOutputStream();
      out.write(call.bytes(target));
      out.flush();
      var reader = new AnswerReader(socket.getInputStream(), limits.headBytes());
      AnswerReader.Head head = reader.head();
      if (wantsMore != null && head.isEventStream()) {
        InputStream body = reader.body(head, limits.streamBytes());
        new EventReader(body, limits.bodyBytes()).readWhile(wantsMore);
        return new Outcome.Answered(head.status(), head.headers(), NOTHING);
      }
      byte[] body = reader.body(head, limits.bodyBytes()).readAllBytes();
      return new Outcome.Answered(head.status(), head.headers(), body);
    } catch (ForbiddenAddress forbidden) {
      return new Outcome.Forbidden(forbidden.reason());
    } catch (IOException failure) {
      String ended = deadline.reason();
      return new Outcome.Failed(ended == null ? reason(failure) : ended);
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case BadAnswer bad -> bad.reason();
      case UnknownHostException _ -> "Its name has no address";
      case SocketTimeoutException _, ConnectException _, NoRouteToHostException _ ->
          "No connection could be made";
      case SSLException _ -> "No secure connection could be made; is its certificate right?";
      default -> "The connection broke";
    };
  }
}
