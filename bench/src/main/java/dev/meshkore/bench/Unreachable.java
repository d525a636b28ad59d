package dev.meshkore.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/// Nobody listens at the address of the hub that is to be measured.
final class Unreachable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Unreachable(String message, Throwable cause) {
    super(message, cause);
  }

  /// Asks before anything is measured, so that not every part fails by itself.
  static void check(String url) {
    URI address = address(url);
    int usual = "https".equals(address.getScheme()) ? 443 : 80;
    int port = address.getPort() < 0 ? usual : address.getPort();
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.getHost(), port), Math.toIntExact(PATIENCE.toMillis()));
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new Unreachable("no hub can be reached at " + url + ": " + why, e);
    }
  }

  private static URI address(String url) {
    try {
      URI address = URI.create(url);
      if (address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // It is told like one that names no host.
    }
    throw new UsageFailure("--url is the address of a hub, such as http://127.0.0.1:4770");
  }
}
