package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Whether a mandate holds: it, and all before it.
enum Standing {
  LIVE,

  /// Its time, or that of one before it, has not begun.
  WAITING,
  EXPIRED,

  /// It was revoked, or one before it, or the owner no longer holds the agent of one of them.
  REVOKED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Standing of(Transaction reader, Mandate mandate, Instant now) throws SQLException {
    Optional<Mandate> one = Optional.of(mandate);
    Standing standing = LIVE;
    while (one.isPresent()) {
      Mandate link = one.get();
      if (link.revokedAt().isPresent()) {
        return REVOKED;
      }
      if (!now.isBefore(link.expiresAt())) {
        return EXPIRED;
      }
      if (SqlOwners.ownerOf(reader, link.subject()).orElse(-1) != link.owner()) {
        return REVOKED;
      }
      if (now.isBefore(link.notBefore())) {
        standing = WAITING;
      }
      Optional<String> parent = link.parent();
      one = parent.isPresent() ? SqlMandates.find(reader, parent.get()) : Optional.empty();
    }
    return standing;
  }
}
