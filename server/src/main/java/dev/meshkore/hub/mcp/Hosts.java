package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Refuses what a page in a browser sends by way of a name that it made lead here (DNS rebinding):
/// the `Host` must be the hub's own, a name of loopback or an address, and an `Origin` must be the
/// hub's own or of loopback.
final class Hosts {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+]");

  private final Supplier<String> url;

  /// @param url how the hub is reached
  Hosts(Supplier<String> url) {
    this.url = url;
  }

  void check(Request request) {
    List<String> hosts = request.headers("Host");
    String host = hosts.size() == 1 ? withoutPort(hosts.getFirst()) : "";
    if (!isOwn(host) && !ADDRESS.matcher(host).matches()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "The Host header is not this hub's name; the setting public-url names it");
    }
    for (String origin : request.headers("Origin")) {
      if (!isOwn(hostOf(origin))) {
        throw new Refused(ProblemType.NOT_ALLOWED, "Pages of this Origin may not call");
      }
    }
  }

  private boolean isOwn(String host) {
    return LOOPBACK.contains(host) || (!host.isEmpty() && host.equals(hostOf(url.get())));
  }

  private static String hostOf(String url) {
    try {
      String host = new URI(url).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (URISyntaxException _) {
      return "";
    }
  }

  private static String withoutPort(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf(']') && colon >= 0 ? name.substring(0, colon) : name;
  }
}
