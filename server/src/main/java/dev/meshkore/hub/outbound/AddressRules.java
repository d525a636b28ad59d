package dev.meshkore.hub.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// Which addresses may be called. Asked for the very address that is connected to.
final class AddressRules {
  /// Addresses that begin alike.
  ///
  /// @param prefix the bits they share, filled up with zeros
  /// @param bits how many bits
  /// @param what they are, in words
  /// @param isOfPrivateNetworks whether the switch for private networks allows them
  private record Range(byte[] prefix, int bits, String what, boolean isOfPrivateNetworks) {
    static Range never(String cidr, String what) {
      return of(cidr, what, false);
    }

    static Range bySwitch(String cidr, String what) {
      return of(cidr, what, true);
    }

    private static Range of(String cidr, String what, boolean isOfPrivateNetworks) {
      int slash = cidr.indexOf('/');
      byte[] prefix = InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress();
      int bits = Integer.parseInt(cidr.substring(slash + 1));
      return new Range(prefix, bits, what, isOfPrivateNetworks);
    }

    boolean has(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != prefix[i]) {
          return false;
        }
      }
      int rest = bits % 8;
      int mask = (0xff << (8 - rest)) & 0xff;
      return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
    }
  }

  /// The first that has an address decides. Of IPv6, only 2000::/3 is in use by the public.
  private static final List<Range> RANGES =
      List.of(
          Range.never("169.254.0.0/16", "link-local or cloud metadata"),
          Range.never("100.100.100.200/32", "cloud metadata"),
          Range.never("168.63.129.16/32", "cloud metadata"),
          Range.never("fd00:ec2::254/128", "cloud metadata"),
          Range.bySwitch("127.0.0.0/8", "loopback"),
          Range.bySwitch("10.0.0.0/8", "private"),
          Range.bySwitch("172.16.0.0/12", "private"),
          Range.bySwitch("192.168.0.0/16", "private"),
          Range.bySwitch("100.64.0.0/10", "shared by a carrier"),
          Range.bySwitch("::1/128", "loopback"),
          Range.bySwitch("fc00::/7", "private"),
          Range.never("0.0.0.0/8", "unspecified"),
          Range.never("192.0.0.0/24", "reserved"),
          Range.never("192.0.2.0/24", "for documentation"),
          Range.never("192.31.196.0/24", "reserved"),
          Range.never("192.52.193.0/24", "reserved"),
          Range.never("192.88.99.0/24", "a 6to4 relay"),
          Range.never("192.175.48.0/24", "reserved"),
          Range.never("198.18.0.0/15", "for measurements"),
          Range.never("198.51.100.0/24", "for documentation"),
          Range.never("203.0.113.0/24", "for documentation"),
          Range.never("224.0.0.0/4", "multicast"),
          Range.never("240.0.0.0/4", "reserved"),
          Range.never("::/128", "unspecified"),
          Range.never("::ffff:0:0:0/96", "IPv4 within IPv6"),
          Range.never("::/96", "IPv4 within IPv6"),
          Range.never("64:ff9b::/32", "IPv4 within IPv6"),
          Range.never("fe80::/10", "link-local"),
          Range.never("ff00::/8", "multicast"),
          Range.never("2001::/23", "reserved"),
          Range.never("2001:db8::/32", "for documentation"),
          Range.never("2002::/16", "IPv4 within IPv6"),
          Range.never("2620:4f:8000::/48", "reserved"),
          Range.never("3fff::/20", "for documentation"));

  private static final Range PUBLIC_IPV6 = Range.never("2000::/3", "public");

  private final boolean isPrivateAllowed;

  /// Rules that allow private networks, this machine included, or do not.
  AddressRules(boolean isPrivateAllowed) {
    this.isPrivateAllowed = isPrivateAllowed;
  }

  /// Whether private networks and this machine may be called.
  boolean isPrivateAllowed() {
    return isPrivateAllowed;
  }

  /// Why the address may not be called; empty where it may.
  Optional<String> refusal(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Range range : RANGES) {
      if (range.has(bytes)) {
        return range.isOfPrivateNetworks && isPrivateAllowed
            ? Optional.empty()
            : Optional.of("The address is " + range.what);
      }
    }
    if (address instanceof Inet6Address && !PUBLIC_IPV6.has(bytes)) {
      return Optional.of("The address is reserved");
    }
    return Optional.empty();
  }
}
