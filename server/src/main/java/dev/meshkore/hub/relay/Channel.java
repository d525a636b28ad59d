package dev.meshkore.hub.relay;

import java.util.Locale;
import java.util.Optional;

/// A named group.
///
/// @param number the hub's number for it
/// @param id its name
/// @param description what it is for
/// @param visibility who may find and join it
/// @param madeBy the agent that made it
/// @param madeAtMs when
record Channel(
    long number, String id, String description, Visibility visibility, long madeBy, long madeAtMs) {

  /// Who may find and join a channel.
  enum Visibility {
    /// Everyone in the hub.
    OPEN,
    /// Those who were added.
    PRIVATE;

    /// The word on the wire.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Visibility> of(String word) {
      return switch (word) {
        case "open" -> Optional.of(OPEN);
        case "private" -> Optional.of(PRIVATE);
        default -> Optional.empty();
      };
    }
  }

  /// What a member may do.
  enum Role {
    /// Send and read.
    MEMBER,
    /// Add and remove members, too.
    MODERATOR,
    /// Give roles, too.
    OWNER;

    /// The word on the wire.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> of(String word) {
      return switch (word) {
        case "member" -> Optional.of(MEMBER);
        case "moderator" -> Optional.of(MODERATOR);
        case "owner" -> Optional.of(OWNER);
        default -> Optional.empty();
      };
    }
  }

  /// A member with its role.
  record Member(long agent, Role role) {}
}
