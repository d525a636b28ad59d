package dev.meshkore.sdk;

/// A peer shows another key than before: somebody else may be speaking in its name. Nothing is sent
/// to it, and nothing of it is read, until [Pins#accept] is called for the new key.
public final class KeyChangedException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  private final String peer;
  private final String pinned;
  private final String shown;

  KeyChangedException(String peer, String pinned, String shown) {
    super(
        peer
            + " shows the key "
            + shown
            + ", and not "
            + pinned
            + " as before; ask its owner, then"
            + " accept the new key or leave it",
        null);
    this.peer = peer;
    this.pinned = pinned;
    this.shown = shown;
  }

  /// Whose key it is.
  public String peer() {
    return peer;
  }

  /// The key that was known.
  public String pinned() {
    return pinned;
  }

  /// The key that is shown now; empty where there is none.
  public String shown() {
    return shown;
  }
}
