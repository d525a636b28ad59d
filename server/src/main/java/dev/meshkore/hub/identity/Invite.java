package dev.meshkore.hub.identity;

import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;

/// An invite without its secret.
///
/// @param id by which it is removed
/// @param label what its maker wrote on it, or ""
/// @param madeBy an agent id, `admin`, or an owner by [#ofOwner]
/// @param letsIn what becomes of whoever uses it
/// @param maxUses how many agents may join with it
/// @param uses how many have joined
/// @param madeAt when it was made
/// @param expiresAt from when on it is void
public record Invite(
    String id,
    String label,
    String madeBy,
    LetsIn letsIn,
    long maxUses,
    long uses,
    Instant madeAt,
    Instant expiresAt) {
  private static final String OWNER = "owner:";

  /// What an invite lets in.
  public enum LetsIn {
    /// Agents.
    AGENT,
    /// Owners of agents.
    OWNER;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static LetsIn of(String word) {
      return word.equals("owner") ? OWNER : AGENT;
    }
  }

  /// An owner as the maker of an invite. No agent has such an id.
  public static String ofOwner(long number) {
    return OWNER + number;
  }

  /// The number of the owner that made it; what joins by it belongs to that owner.
  public OptionalLong owner() {
    return madeBy.startsWith(OWNER)
        ? OptionalLong.of(Long.parseLong(madeBy.substring(OWNER.length())))
        : OptionalLong.empty();
  }
}
