package dev.meshkore.cli;

import java.net.URI;

/// Reads the URL of a hub as people write it.
final class HubAddress {
  private HubAddress() {}

  static URI read(String text) {
    try {
      var address = URI.create(text.strip());
      var scheme = address.getScheme();
      if (address.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(text, String.valueOf(e.getMessage()));
    }
    throw wrong(text, "It has no http:// or https:// with a host");
  }

  /// The hub that an invite URL belongs to.
  static URI ofInvite(URI invite) {
    var text = invite.toString();
    var join = text.indexOf("/join/");
    if (join < 0 || text.length() == join + "/join/".length()) {
      throw new CommandFailed(
          Exit.USER,
          "That is no invite URL",
          "'" + text + "' has no /join/ with a code",
          "Ask whoever runs the hub for one; `meshkore invite` makes them.");
    }
    return URI.create(text.substring(0, join));
  }

  private static CommandFailed wrong(String text, String reason) {
    return new CommandFailed(
        Exit.USER,
        "That is no URL of a hub",
        "'" + text + "': " + reason,
        "Give it like http://127.0.0.1:4770");
  }
}
