package dev.meshkore.hub.identity;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A bounded memory of what was found out before. When it is full it forgets an eighth, whichever
/// comes first: to forget costs only time. Thread-safe.
///
/// @param <V> what is kept under a name
final class Kept<V> {
  private final int most;
  private final ConcurrentHashMap<String, V> values = new ConcurrentHashMap<>();

  Kept(int most) {
    this.most = most;
  }

  Optional<V> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  void put(String name, V value) {
    if (values.size() >= most) {
      forgetSome();
    }
    values.put(name, value);
  }

  void remove(String name) {
    values.remove(name);
  }

  int size() {
    return values.size();
  }

  private void forgetSome() {
    Iterator<String> names = values.keySet().iterator();
    for (int i = 0; i < Math.max(1, most / 8) && names.hasNext(); i++) {
      names.next();
      names.remove();
    }
  }
}
