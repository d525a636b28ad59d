package dev.meshkore.hub.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

/// Whether strangers may come in without an invite, by the key that they bring, and how many.
///
/// @param isOpen whether they may
/// @param joinsPerHour how many ids one network may register in an hour; 0 for no limit
public record OpenDoor(boolean isOpen, int joinsPerHour) {
  /// Of an IPv6 address, what one site has.
  private static final int SITE_BYTES = 6;

  /// What is counted together: an IPv4 address, or a /48 of IPv6, because whoever has one address
  /// of it has as many as it likes. What is not known counts together, too.
  static String network(Optional<InetAddress> address) {
    return address
        .map(known -> {
          byte[] bytes = known.getAddress();
          int count = known instanceof Inet6Address ? SITE_BYTES : bytes.length;
          return HexFormat.of().formatHex(bytes, 0, count);
        })
        .orElse("");
  }
}
