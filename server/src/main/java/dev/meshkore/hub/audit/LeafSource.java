package dev.meshkore.hub.audit;

import java.util.List;

/// Reads the rows of the journal as leaves. The journal's owner implements it, so that a message is
/// in the log because it is in the journal: there is no second write that could be missing.
public interface LeafSource {
  /// The messages of a row, in order.
  List<Entry> entries(byte[] row);

  /// One message of a row.
  interface Entry {
    /// Where its content begins in the row, after an opening brace that the row leaves out.
    int offset();

    /// The content's bytes.
    int length();

    /// True where this agent sent it or got it.
    boolean concerns(long agent);

    /// The leaf's record.
    ///
    /// @param digest the salted digest of the content, in base64url
    byte[] record(byte[] row, byte[] digest);
  }
}
