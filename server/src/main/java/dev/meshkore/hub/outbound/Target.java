package dev.meshkore.hub.outbound;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An outside address as far as its text tells: what is made of it can be asked for, and what can
/// never be allowed is refused here, before any name is looked up.
///
/// @param isTls whether it is https
/// @param host the name, or the literal address without brackets
/// @param port where it listens
/// @param path the path and query, percent-encoded
/// @param literal the address, where the host is one
record Target(boolean isTls, String host, int port, String path, @Nullable InetAddress literal) {
  static final int CHARACTERS_MAX = 2_000;

  private static final int OWN_PORTS = 1_024;
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*");
  private static final Pattern NUMBER_AT_END = Pattern.compile("(.*\\.)?[0-9][^.]*");
  private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9.]+");

  /// Reads an address.
  ///
  /// @throws Refused when it can never be allowed
  static Target of(URI url, AddressRules rules) {
    if (url.toString().length() > CHARACTERS_MAX) {
      throw refused("The address has more than " + CHARACTERS_MAX + " characters");
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    boolean isTls = scheme.equals("https");
    if (!isTls && !scheme.equals("http")) {
      throw refused("The address must begin with https:// or http://");
    }
    if (url.getRawUserInfo() != null) {
      throw refused("The address must not hold a user name or password");
    }
    if (url.getHost() == null) {
      throw refused("The address must name a host, in ASCII letters or in full numbers");
    }
    String host = bare(url.getHost().toLowerCase(Locale.ROOT));
    InetAddress literal = literal(host);
    if (literal != null) {
      Optional<String> refusal = rules.refusal(literal);
      if (refusal.isPresent()) {
        throw refused(refusal.get());
      }
    } else if (!isName(host)) {
      throw refused("The address must name a host, in ASCII letters or in full numbers");
    } else if (isOfThisMachine(host) && !rules.isPrivateAllowed()) {
      throw refused("The address is loopback");
    }
    return new Target(isTls, host, port(url, isTls, rules), path(url), literal);
  }

  /// The host as the `Host` header has it.
  String authority() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == (isTls ? 443 : 80) ? name : name + ":" + port;
  }

  private static String bare(String host) {
    if (host.startsWith("[")) {
      return host.substring(1, host.length() - 1);
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /// A host that ends in a number is an address; any spelling but the usual one is refused.
  private static @Nullable InetAddress literal(String host) {
    boolean isNumber = FOUR_NUMBERS.matcher(host).matches();
    if (!isNumber && !host.contains(":")) {
      return null;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      if (!host.contains("%") && (!isNumber || address.getHostAddress().equals(host))) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // Refused below, like a spelling that is read in more than one way.
    }
    throw refused("The address must name a host, in ASCII letters or in full numbers");
  }

  private static boolean isName(String host) {
    return host.length() <= 253
        && NAME.matcher(host).matches()
        && !NUMBER_AT_END.matcher(host).matches();
  }

  private static boolean isOfThisMachine(String host) {
    return host.equals("localhost") || host.endsWith(".localhost");
  }

  /// The low ports belong to other protocols, which must not be spoken to by accident.
  private static int port(URI url, boolean isTls, AddressRules rules) {
    int port = url.getPort() < 0 ? (isTls ? 443 : 80) : url.getPort();
    boolean isOfWeb = port == 80 || port == 443 || port >= OWN_PORTS;
    if (port < 1 || port > 65_535 || (!isOfWeb && !rules.isPrivateAllowed())) {
      throw refused("The port must be 80, 443, or 1024 to 65535");
    }
    return port;
  }

  private static String path(URI url) {
    URI ascii = URI.create(url.toASCIIString());
    String path = ascii.getRawPath();
    String query = ascii.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  private static Refused refused(String detail) {
    return new Refused(ProblemType.OUTBOUND_REFUSED, detail);
  }
}
