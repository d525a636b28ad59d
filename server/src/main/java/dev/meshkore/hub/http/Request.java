package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request, read whole. Immutable, so any thread may read it.
public final class Request {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private final Router.Route route;
  private final String method;
  private final String target;
  private final Map<String, String> names;
  private final Map<String, String> query;
  private final Function<String, List<String>> headers;
  private final byte[] body;
  private final @Nullable Principal caller;
  private final Peer peer;

  Request(
      Router.Route route,
      String method,
      String target,
      Map<String, String> names,
      Map<String, String> query,
      Function<String, List<String>> headers,
      byte[] body,
      @Nullable Principal caller,
      Peer peer) {
    this.route = route;
    this.method = method;
    this.target = target;
    this.names = names;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.caller = caller;
    this.peer = peer;
  }

  /// What somebody known asks for otherwise than by a request, as if it had come in by a route.
  public static Request bare(Router.Route route) {
    String target = route.pattern();
    return new Request(
        route,
        route.method(),
        target,
        Map.of(),
        Map.of(),
        _ -> List.of(),
        new byte[0],
        null,
        Peer.STAYING);
  }

  /// The route that it came in by.
  public Router.Route route() {
    return route;
  }

  /// The same request as if it had come in by another route, for a door that does by one route what
  /// others do by several.
  public Request as(Router.Route other) {
    return new Request(other, other.method(), target, names, query, headers, body, caller, peer);
  }

  /// The method, in upper case.
  public String method() {
    return method;
  }

  /// The path and, after `?`, the query, as they came.
  public String target() {
    return target;
  }

  /// Who calls, where a door of the hub makes the request for somebody that it knows.
  public Optional<Principal> caller() {
    return Optional.ofNullable(caller);
  }

  /// Who waits for the answer.
  public Peer peer() {
    return peer;
  }

  /// The value of a name in the route's pattern.
  public String name(String name) {
    String value = names.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The route has no {" + name + "}");
    }
    return keepable(value);
  }

  /// A query parameter.
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name)).map(Request::keepable);
  }

  /// A query parameter that is a whole number within bounds.
  public long query(String name, long otherwise, long least, long most) {
    return query(name).map(text -> number(name, text, least, most)).orElse(otherwise);
  }

  /// A query parameter that is a time by RFC 3339, in milliseconds since 1970, and none before
  /// that.
  public OptionalLong time(String name) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long time = OffsetDateTime.parse(text.get()).toInstant().toEpochMilli();
      return OptionalLong.of(Math.max(0, time));
    } catch (DateTimeException | ArithmeticException _) {
      throw Refused.field(name, name + " must be a time like 2026-11-21T14:30:00.000Z");
    }
  }

  /// A database keeps no NUL. What stands in its place is in no name, so it finds nothing.
  private static String keepable(String text) {
    return text.replace('\0', '\uFFFD');
  }

  /// A header's first value.
  public Optional<String> header(String name) {
    return headers.apply(name).stream().findFirst();
  }

  /// Every value of a header, one for each line of it.
  public List<String> headers(String name) {
    return headers.apply(name);
  }

  /// The body as it came, at most as large as the edge allows.
  public byte[] body() {
    return body;
  }

  /// The body as one JSON object.
  ///
  /// @throws Refused when it is none
  public Fields fields() {
    return Fields.read(json());
  }

  /// The body, after its Content-Type was checked to be JSON.
  public byte[] json() {
    String type = header("content-type").orElse("application/json");
    String mediaType = type.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    boolean isJson = mediaType.equals("application/json") || mediaType.endsWith("+json");
    if (!isJson || header("content-encoding").isPresent()) {
      throw new Refused(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "The body must be plain application/json");
    }
    return body;
  }

  /// A whole number within bounds, from a query parameter or header.
  public static long number(String name, String text, long least, long most) {
    if (WHOLE_NUMBER.matcher(text).matches()) {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw Refused.field(name, name + " must be a whole number from " + least + " to " + most);
  }
}
