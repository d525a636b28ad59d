package dev.meshkore.hub.owner;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// A name outside the hub that an owner or an agent says is its own, and what came of looking.
///
/// @param id by which it is named
/// @param subject whose it is
/// @param method how it is shown
/// @param name a domain, or `platform:account`
/// @param proof where to look; for DNS the name of the record
/// @param expected the text that has to be there
/// @param status what came of looking
/// @param reason why it was not found, or ""
/// @param madeAt when it was asked for
/// @param verifiedAt when it was found last
/// @param checkedAt when the hub looked last
/// @param checkAt when it looks again, if it does
record Verification(
    String id,
    Subject subject,
    Method method,
    String name,
    String proof,
    String expected,
    Status status,
    String reason,
    Instant madeAt,
    Optional<Instant> verifiedAt,
    Optional<Instant> checkedAt,
    Optional<Instant> checkAt) {
  /// How long a finding is good.
  static final Duration CHECKED_EVERY = Duration.ofDays(30);

  /// How long the hub goes on looking before what was found once counts no more.
  static final Duration PATIENCE = Duration.ofDays(3);

  /// How long what was found once counts while the site itself cannot be asked: one that is gone
  /// for good shows nothing.
  static final Duration UNSEEN_MAX = Duration.ofDays(30);

  /// How long a text that was asked for may be missing at first.
  static final Duration PENDING_MAX = Duration.ofDays(7);

  private static final Duration AGAIN = Duration.ofHours(6);

  /// Whose name it is.
  sealed interface Subject {
    /// An owner's.
    record OfOwner(long number) implements Subject {}

    /// An agent's.
    record OfAgent(long number) implements Subject {}
  }

  /// How a name is shown to be somebody's.
  enum Method {
    /// By a TXT record.
    DNS,
    /// By a file on the domain's web server.
    WELL_KNOWN,
    /// By a public text under an account.
    SOCIAL;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Method ofWord(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    TrustLevel level() {
      return this == SOCIAL ? TrustLevel.VERIFIED_SOCIAL : TrustLevel.VERIFIED_DOMAIN;
    }
  }

  /// What came of looking.
  enum Status {
    /// It was not found yet.
    PENDING,
    /// It was found, and the hub looks again in time.
    VERIFIED,
    /// It was not found in time, or not any more.
    LAPSED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status ofWord(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// This, after the hub has looked.
  Verification looked(Finding finding, Instant now) {
    return switch (finding) {
      case Finding.There() ->
          with(Status.VERIFIED, "", Optional.of(now), now, Optional.of(now.plus(CHECKED_EVERY)));
      case Finding.Missing(String why) ->
          notFound(why, isOver(now, PATIENCE, madeAt.plus(PENDING_MAX)), now, AGAIN);
      case Finding.NotLooked(String why, Duration again) ->
          notFound(why, isOver(now, UNSEEN_MAX, Instant.MAX), now, again);
    };
  }

  /// @param pendingEnd until when it may be missing at first
  private boolean isOver(Instant now, Duration patience, Instant pendingEnd) {
    Instant end = verifiedAt.map(at -> at.plus(CHECKED_EVERY).plus(patience)).orElse(pendingEnd);
    return !now.isBefore(end);
  }

  private Verification notFound(String why, boolean isOver, Instant now, Duration wait) {
    boolean isLapsed = isOver || status == Status.LAPSED;
    Optional<Instant> again =
        isLapsed || status == Status.PENDING ? Optional.empty() : Optional.of(now.plus(wait));
    return with(isLapsed ? Status.LAPSED : status, why, verifiedAt, now, again);
  }

  private Verification with(
      Status newStatus,
      String newReason,
      Optional<Instant> newVerifiedAt,
      Instant now,
      Optional<Instant> again) {
    return new Verification(
        id,
        subject,
        method,
        name,
        proof,
        expected,
        newStatus,
        newReason,
        madeAt,
        newVerifiedAt,
        Optional.of(now),
        again);
  }
}
