package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Database;
import java.security.SecureRandom;

/// Signs heads of other logs, as a witness (C2SP tlog-cosignature), with a key for that alone.
public final class Cosigner {
  private final LogKey key;

  /// The witness of this database. `name` is the hub's address without scheme, or "" where it has
  /// none of its own; it counts only when the key is made.
  public Cosigner(Database database, SecureRandom random, String name) {
    this.key = LogKey.openOrMake(database, random, name, LogKey.Use.WITNESS);
  }

  /// The key that checks what it signs, as text.
  public String vkey() {
    return key.verifier().vkey();
  }

  /// The line of a note by which this head was seen at this time, in seconds since 1970, and was
  /// consistent with all that were seen before.
  public String cosign(String text, long seconds) {
    return key.cosign(text, seconds);
  }
}
