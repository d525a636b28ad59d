package dev.meshkore.hub.ledger;

import java.util.List;

/// What became of an order.
public sealed interface Outcome {
  /// It is stored.
  ///
  /// @param transfers as they were stored, in the order in which they were wanted
  /// @param isNew false where they had been stored before
  record Done(List<Transfer> transfers, boolean isNew) implements Outcome {
    /// Takes its own copy.
    public Done {
      transfers = List.copyOf(transfers);
    }
  }

  /// The account that pays has too little. That is stored, too: the same id fails for ever.
  ///
  /// @param missing how many atoms more it would have needed
  record Failed(long missing) implements Outcome {}

  /// The id was used for something else.
  record Taken() implements Outcome {}

  /// What is to be ended was ended otherwise before, or its time has passed.
  record Ended() implements Outcome {}
}
