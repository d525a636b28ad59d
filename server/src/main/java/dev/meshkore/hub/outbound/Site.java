package dev.meshkore.hub.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.Locale;

/// Whose an address is, as far as its text tells: whoever has one name of a domain has as many as
/// it likes, and whoever has one address of IPv6 too. What is to be shared out is shared out by
/// site.
public final class Site {
  private static final int NETWORK_BYTES = 6;

  private Site() {}

  /// The registered domain of a host, its IPv4 address, or the /48 of its IPv6 address; "" where
  /// there is no host.
  public static String of(URI url) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    String bare = host.replaceFirst("\\.$", "").replaceAll("[\\[\\]]", "");
    try {
      byte[] address = InetAddress.ofLiteral(bare).getAddress();
      return InetAddress.ofLiteral(bare) instanceof Inet6Address
          ? HexFormat.of().formatHex(address, 0, NETWORK_BYTES) + "/48"
          : bare;
    } catch (IllegalArgumentException _) {
      return PublicSuffixes.registrable(bare);
    }
  }
}
