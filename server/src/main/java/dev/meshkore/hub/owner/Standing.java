package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /// Of each of some mandates, in their order.
  static List<Standing> of(Transaction reader, List<Mandate> mandates, Instant now)
      throws SQLException {
    var grounds = new Grounds(reader);
    var standings = new ArrayList<Standing>(mandates.size());
    for (Mandate mandate : mandates) {
      standings.add(of(grounds, mandate, now));
    }
    return standings;
  }

  private static Standing of(Grounds grounds, Mandate mandate, Instant now) throws SQLException {
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
      if (!grounds.isHeld(link)) {
        return REVOKED;
      }
      if (now.isBefore(link.notBefore())) {
        standing = WAITING;
      }
      one = grounds.parent(link);
    }
    return standing;
  }
}
