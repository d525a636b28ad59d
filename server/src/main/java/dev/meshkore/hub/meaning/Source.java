package dev.meshkore.hub.meaning;

import java.util.List;
import java.util.Optional;

/// What an index follows: everything that can be found, as it changes.
@FunctionalInterface
public interface Source {
  /// What was changed after a version, in the order of versions; 0 comes before all. Whoever has
  /// read up to a version has seen all before it, also of other hubs on the database.
  List<Change> after(long version, int most);

  /// A change of one entry.
  ///
  /// @param version grows with each change of any entry
  /// @param key the entry's
  /// @param entry as it is now; empty where it can no longer be found
  record Change(long version, String key, Optional<Entry> entry) {}
}
