package dev.meshkore.hub.owner;

import java.time.Instant;
import java.util.Optional;

/// What an owner allows an agent, or an agent hands on to another.
///
/// @param id by which it is named and revoked
/// @param owner the number of the owner it comes from
/// @param subject the number of the agent that it is for
/// @param parent the mandate of which this is a part
/// @param depth how often it was handed on
/// @param form how it came
/// @param grants what it allows
/// @param token as it was signed, in its form
/// @param madeAt when the hub took it
/// @param notBefore from when on it holds
/// @param expiresAt from when on it is void
/// @param revokedAt since when it is void
record Mandate(
    String id,
    long owner,
    long subject,
    Optional<String> parent,
    int depth,
    Form form,
    Grants grants,
    String token,
    Instant madeAt,
    Instant notBefore,
    Instant expiresAt,
    Optional<Instant> revokedAt) {
  /// How a mandate was signed.
  enum Form {
    /// A JWS of the hub, on the owner's authenticated request.
    HUB,
    /// A JWS by the owner's own key.
    OWNER,
    /// A JWS by the agent that hands it on.
    AGENT,
    /// An attestation of Nostr's NIP-OA.
    NIP_OA,
    /// An open mandate of AP2, an SD-JWT.
    SD_JWT;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /// The same without what was signed.
  Mandate withoutToken() {
    return new Mandate(
        id, owner, subject, parent, depth, form, grants, "", madeAt, notBefore, expiresAt,
        revokedAt);
  }

  boolean isLive(Instant now) {
    return revokedAt.isEmpty() && now.isBefore(expiresAt) && !now.isBefore(notBefore);
  }

  /// The scope of its budgets.
  String scope() {
    return scope(id);
  }

  static String scope(String id) {
    return "mandate:" + id;
  }
}
