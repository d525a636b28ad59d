package dev.meshkore.hub.identity;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Invites: a URL with 128 random bits, of which the hub keeps the hash. Thread-safe.
public final class Invites {
  /// How many agents one invite may let in at most.
  public static final long USES_MAX = 10_000;

  /// How long an invite may be valid at most.
  public static final Duration EXPIRES_IN_MAX = Duration.ofDays(30);

  private static final int NONCE_BYTES = 16;
  private static final int ID_BYTES = 9;

  /// An invite with its URL, which is shown once.
  ///
  /// @param invite what the hub keeps
  /// @param url a secret: whoever has it can join
  public record Made(Invite invite, String url) {
    @Override
    public String toString() {
      return "Made " + invite;
    }
  }

  private final Database database;
  private final Audit audit;
  private final Supplier<String> hubUrl;
  private final InstantSource time;
  private final RandomGenerator random;

  /// The invites to the hub at this URL.
  public Invites(
      Database database,
      Audit audit,
      Supplier<String> hubUrl,
      InstantSource time,
      RandomGenerator random) {
    this.database = database;
    this.audit = audit;
    this.hubUrl = hubUrl;
    this.time = time;
    this.random = random;
  }

  /// Makes an invite for agents. `madeBy` is as in [Invite].
  public Made make(String label, long maxUses, Duration expiresIn, String madeBy) {
    return make(label, maxUses, expiresIn, madeBy, Invite.LetsIn.AGENT);
  }

  /// Makes an invite.
  Made make(String label, long maxUses, Duration expiresIn, String madeBy, Invite.LetsIn letsIn) {
    if (maxUses < 1 || maxUses > USES_MAX) {
      throw Refused.field("max_uses", "max_uses must be a whole number from 1 to " + USES_MAX);
    }
    if (!expiresIn.isPositive() || expiresIn.compareTo(EXPIRES_IN_MAX) > 0) {
      throw Refused.field("expires_in", "expires_in must be at most 30 days, in seconds");
    }
    Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
    String nonce = Secrets.text(random, NONCE_BYTES);
    var invite =
        new Invite(
            "inv_" + Secrets.text(random, ID_BYTES),
            ProfileFields.label(label),
            madeBy,
            letsIn,
            maxUses,
            0,
            now,
            now.plus(expiresIn));
    database.write(transaction -> {
      SqlInvites.insert(transaction, invite, Sha256.of(nonce));
      audit.record(
          transaction,
          Leaf.of("invite.made", madeBy, invite.id())
              .with("expires_at", Rfc3339.text(invite.expiresAt()))
              .with("max_uses", maxUses));
      return invite;
    });
    return new Made(invite, url(nonce));
  }

  /// The invite behind a nonce, which can be used now. Uses nothing up.
  ///
  /// @throws Refused when it is unknown, expired or used up
  public Invite read(String nonce) {
    Invite invite = usable(database.read(reader -> SqlInvites.find(reader, Sha256.of(nonce))));
    if (invite.letsIn() != Invite.LetsIn.AGENT) {
      throw unknown();
    }
    return invite;
  }

  /// Takes one use within the transaction that lets in, and answers the invite.
  ///
  /// @throws Refused when the invite is unknown, expired, used up, or for something else
  public Invite use(Transaction transaction, String nonce, Invite.LetsIn wanted)
      throws SQLException {
    byte[] hash = Sha256.of(nonce);
    Invite invite = usable(SqlInvites.find(transaction, hash));
    if (invite.letsIn() != wanted) {
      throw unknown();
    }
    if (!SqlInvites.use(transaction, hash, time.instant())) {
      throw usedUp();
    }
    return invite;
  }

  /// Newest first, those that come after one in the list, or from the start.
  public List<Invite> page(Optional<Invite> after, int limit) {
    long madeAt = after.map(invite -> invite.madeAt().toEpochMilli()).orElse(Long.MAX_VALUE);
    return page(madeAt, after.map(Invite::id).orElse(""), limit);
  }

  List<Invite> page(long madeAt, String id, int limit) {
    return database.read(reader -> SqlInvites.page(reader, madeAt, id, limit));
  }

  /// Removes an invite; who joined with it stays.
  ///
  /// @throws Refused when there is none of this id
  public void remove(String inviteId) {
    boolean wasThere =
        database.write(transaction -> {
          boolean isRemoved = SqlInvites.delete(transaction, inviteId);
          if (isRemoved) {
            audit.record(transaction, Leaf.of("invite.removed", "admin", inviteId));
          }
          return isRemoved;
        });
    if (!wasThere) {
      throw unknown();
    }
  }

  /// The URL of the hub to which the invites lead.
  String hubUrl() {
    return hubUrl.get();
  }

  /// The URL of a nonce.
  String url(String nonce) {
    return hubUrl.get() + "/join/" + nonce;
  }

  private Invite usable(Optional<Invite> found) {
    Invite invite = found.orElseThrow(Invites::unknown);
    if (!time.instant().isBefore(invite.expiresAt())) {
      throw new Refused(
          ProblemType.INVITE_EXPIRED, "It expired at " + Rfc3339.text(invite.expiresAt()));
    }
    if (invite.uses() >= invite.maxUses()) {
      throw usedUp();
    }
    return invite;
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_INVITE, "The hub has no such invite");
  }

  private static Refused usedUp() {
    return new Refused(ProblemType.INVITE_USED_UP, "As many agents joined with it as it lets in");
  }
}
