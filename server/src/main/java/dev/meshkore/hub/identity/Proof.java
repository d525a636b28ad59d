package dev.meshkore.hub.identity;

/// How an agent proved that it calls. What it may do is the same for all; that it holds no longer
/// is found out by [Revocations].
///
/// @param way the way
/// @param epoch of a token or an API key: how often the agent's API key had been changed
/// @param key of a signature: the key, in hexadecimal; else empty
public record Proof(Way way, long epoch, String key) {
  /// The hub itself acts for the agent.
  public static final Proof OF_HUB = new Proof(Way.HUB, 0, "");

  /// The ways to prove who calls.
  public enum Way {
    /// None is needed.
    HUB,
    /// A token that the hub signed.
    TOKEN,
    /// The API key.
    API_KEY,
    /// A signature over the request (RFC 9421), or over the challenge of a WebSocket.
    SIGNATURE,
    /// An event of Nostr (NIP-98).
    NOSTR,
    /// A signature that says nothing of the request (the header `DIDWba`).
    DID_WBA
  }

  static Proof ofToken(long epoch) {
    return new Proof(Way.TOKEN, epoch, "");
  }

  static Proof ofApiKey(long epoch) {
    return new Proof(Way.API_KEY, epoch, "");
  }

  static Proof ofSignature(String key) {
    return new Proof(Way.SIGNATURE, 0, key);
  }

  static Proof ofNostr(String key) {
    return new Proof(Way.NOSTR, 0, key);
  }

  static Proof ofDidWba(String key) {
    return new Proof(Way.DID_WBA, 0, key);
  }

  /// Whether it shows that whoever made this request holds what the agent keeps to itself. A token
  /// may be stolen, and so may a signature be that fits every request, before it is used.
  public boolean isOfSecret() {
    return way != Way.TOKEN && way != Way.DID_WBA;
  }
}
