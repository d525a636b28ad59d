package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What mandates rest on, read once within one transaction, however many rest on the same.
final class Grounds {
  private final Transaction reader;
  private final Map<String, Optional<Mandate>> parents = new HashMap<>();
  private final Map<Long, OptionalLong> owners = new HashMap<>();

  Grounds(Transaction reader) {
    this.reader = reader;
  }

  /// The mandate that one was made of.
  Optional<Mandate> parent(Mandate mandate) throws SQLException {
    Optional<String> id = mandate.parent();
    if (id.isEmpty()) {
      return Optional.empty();
    }
    Optional<Mandate> known = parents.get(id.get());
    if (known == null) {
      known = SqlMandates.find(reader, id.get());
      parents.put(id.get(), known);
    }
    return known;
  }

  /// Whether the owner that gave a mandate holds its agent.
  boolean isHeld(Mandate mandate) throws SQLException {
    OptionalLong owner = owners.get(mandate.subject());
    if (owner == null) {
      owner = SqlOwners.ownerOf(reader, mandate.subject());
      owners.put(mandate.subject(), owner);
    }
    return owner.orElse(-1) == mandate.owner();
  }
}
