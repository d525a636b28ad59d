package dev.meshkore.hub.meaning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Entries in memory, as a source of changes.
final class Shelf implements Source {
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private long version;

  synchronized void put(Entry entry) {
    change(entry.key(), Optional.of(entry));
  }

  synchronized void put(String key, String text, String... examples) {
    put(new Entry(key, key, List.of(), text, List.of(examples), List.of(), Map.of()));
  }

  synchronized void remove(String key) {
    change(key, Optional.empty());
  }

  synchronized long version() {
    return version;
  }

  private void change(String key, Optional<Entry> entry) {
    changes.remove(key);
    changes.put(key, new Change(++version, key, entry));
  }

  @Override
  public synchronized List<Change> after(long after, int most) {
    return changes.values().stream().filter(one -> one.version() > after).limit(most).toList();
  }
}
