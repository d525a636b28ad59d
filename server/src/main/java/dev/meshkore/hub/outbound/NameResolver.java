package dev.meshkore.hub.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Finds the addresses of a name. Asked once for a call; what it answers is checked and then used.
@FunctionalInterface
public interface NameResolver {
  /// The machine's own resolver.
  NameResolver SYSTEM = name -> List.of(InetAddress.getAllByName(name));

  /// Every address of the name; may block.
  List<InetAddress> resolve(String name) throws UnknownHostException;
}
