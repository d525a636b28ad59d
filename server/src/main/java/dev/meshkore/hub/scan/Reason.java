package dev.meshkore.hub.scan;

/// Why a text is not clean.
public enum Reason {
  /// It tells its reader what to do, as if it were its reader's master.
  INSTRUCTIONS("instructions", false),
  /// It holds characters that nobody sees, or that turn the direction of writing.
  HIDDEN_CHARACTERS("hidden-characters", true),
  /// A word of its name mixes letters of several scripts that look alike.
  MIXED_SCRIPTS("mixed-scripts", false),
  /// It links to what runs or hides in the link itself.
  UNSAFE_LINK("unsafe-link", false),
  /// It holds what looks like a key that nobody but its owner should have.
  SECRET("secret", true),
  /// It says more than is read, so nobody knows what the rest holds.
  TOO_MUCH_TEXT("too-much-text", true);

  private final String word;
  private final boolean refuses;

  Reason(String word, boolean refuses) {
    this.word = word;
    this.refuses = refuses;
  }

  /// The word by which clients know it.
  public String word() {
    return word;
  }

  /// Whether no listing may hold it; otherwise it is shown with a mark.
  public boolean refuses() {
    return refuses;
  }
}
