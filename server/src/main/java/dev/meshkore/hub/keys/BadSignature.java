package dev.meshkore.hub.keys;

/// What claims to be signed and cannot be checked. The message says why, and holds nothing of the
/// signature.
public final class BadSignature extends RuntimeException {
  /// Says why.
  public BadSignature(String why) {
    super(why, null, false, false);
  }

  /// Why.
  public String why() {
    return String.valueOf(getMessage());
  }
}
