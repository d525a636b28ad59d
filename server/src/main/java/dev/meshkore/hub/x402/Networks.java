package dev.meshkore.hub.x402;

import java.util.Map;

/// Names of networks: version 2 of x402 uses CAIP-2, version 1 had names of its own.
final class Networks {
  static final String EVM = "eip155:";

  private static final Map<String, String> FORMER =
      Map.of("base", "eip155:8453", "base-sepolia", "eip155:84532");

  private Networks() {}

  /// The name by CAIP-2 of what may be a name of version 1.
  static String named(String network) {
    return FORMER.getOrDefault(network, network);
  }

  /// The name that version 1 has for a network, or the same.
  static String former(String network) {
    return FORMER.entrySet().stream()
        .filter(entry -> entry.getValue().equals(network))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(network);
  }
}
