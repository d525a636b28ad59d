package dev.meshkore.hub.meaning;

import java.util.List;
import java.util.Set;

/// What an entry must have to be found.
public sealed interface Need {
  /// One of these terms.
  record AnyOf(List<String> terms) implements Need {
    /// Copies the list.
    public AnyOf {
      terms = List.copyOf(terms);
    }
  }

  /// None of these terms.
  record NoneOf(List<String> terms) implements Need {
    /// Copies the list.
    public NoneOf {
      terms = List.copyOf(terms);
    }
  }

  /// A number of this name, within bounds that are included.
  record Between(String name, long least, long most) implements Need {}

  /// One of these keys; for few of many.
  record Among(Set<String> keys) implements Need {
    /// Copies the set.
    public Among {
      keys = Set.copyOf(keys);
    }
  }
}
