package dev.meshkore.hub.ledger;

/// The movements on one side of an account, as they were when the account's row was read: each
/// names the one before it, and none ever changes. So whoever has read one row has the whole
/// history of that moment, whatever moves meanwhile.
///
/// @param length how many there are
/// @param newest the number of the last one, or 0
record Chain(long length, long newest) {
  /// So many movements make a page, of which it is kept what its times are.
  static final int PAGE = 64;

  static final Chain EMPTY = new Chain(0, 0);

  /// A side of an account.
  enum Side {
    /// What it paid.
    DEBIT("debit"),
    /// What it was paid.
    CREDIT("credit");

    private final String column;

    Side(String column) {
      this.column = column;
    }

    /// As tables name it.
    String column() {
      return column;
    }
  }

  Chain and(long number) {
    return new Chain(length + 1, number);
  }

  boolean endsPage() {
    return length % PAGE == 0;
  }

  /// How many there are since the last page.
  int rest() {
    return (int) (length % PAGE);
  }
}
