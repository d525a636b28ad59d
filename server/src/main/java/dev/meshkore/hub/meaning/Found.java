package dev.meshkore.hub.meaning;

import java.util.List;

/// What a search found, best first.
///
/// @param hits the hits
/// @param isByMeaning false where words alone decided, because there are no vectors now
/// @param isComplete false while the index still takes up what was there before
public record Found(List<Hit> hits, boolean isByMeaning, boolean isComplete) {
  /// Copies the list.
  public Found {
    hits = List.copyOf(hits);
  }

  /// One hit and what speaks for it.
  ///
  /// @param key the entry's
  /// @param score the signals together; higher is better, 0 is chance, 1 is rarely reached
  /// @param words how well the words match, from 0 to 1
  /// @param meaning how near the meaning is, from -1 to 1
  /// @param examples how near the nearest example request is, from -1 to 1; 0 where none is near
  public record Hit(String key, double score, double words, double meaning, double examples) {}
}
