package dev.meshkore.hub.market;

/// How far feeds are served: all changes before one, and that one for the feeds up to a number.
record FeedCursor(long change, long feed) {
  /// For all feeds.
  static FeedCursor after(long change) {
    return new FeedCursor(change, Long.MAX_VALUE);
  }

  /// The first change that may not be served.
  long next() {
    return feed == Long.MAX_VALUE ? change + 1 : change;
  }

  /// Whether a feed was served a change.
  boolean hasServed(long one, long number) {
    return one < change || (one == change && number <= feed);
  }
}
