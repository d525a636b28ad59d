package dev.meshkore.hub.catalog;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.net.URI;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// Fetches JSON objects from addresses that strangers named.
final class Documents {
  private static final int BYTES_MAX = 256 * 1024;

  private final OutboundClient client;

  Documents(OutboundClient client) {
    this.client = client;
  }

  /// The object at an address.
  ///
  /// @throws Refused when the address is not called, or does not answer with one
  ObjectNode get(URI url) {
    return switch (client.get(url, Map.of("Accept", "application/json, */*;q=0.5"))) {
      case Outcome.Forbidden forbidden ->
          throw new Refused(ProblemType.OUTBOUND_REFUSED, forbidden.reason());
      case Outcome.Failed failed -> throw failed(failed.reason());
      case Outcome.Answered answered when !answered.isDone() ->
          throw failed("It answered with status " + answered.status());
      case Outcome.Answered answered -> read(answered.body());
    };
  }

  /// Takes an address that may be called.
  ///
  /// @throws Refused when it may not
  void check(String url) {
    client.check(uri(url));
  }

  static URI uri(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException _) {
      throw new Refused(ProblemType.OUTBOUND_REFUSED, "The address is not a URL");
    }
  }

  private static ObjectNode read(byte[] body) {
    if (body.length > BYTES_MAX) {
      throw failed("Its document has more than " + BYTES_MAX + " bytes");
    }
    try {
      if (Utf8.isJsonText(body) && Json.tree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException _) {
      // Answered below, like another kind of JSON.
    }
    throw failed("It did not answer with a JSON object");
  }

  private static Refused failed(String detail) {
    return new Refused(ProblemType.IMPORT_FAILED, detail);
  }
}
