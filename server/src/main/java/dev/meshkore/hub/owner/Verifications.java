package dev.meshkore.hub.owner;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.outbound.PublicSuffixes;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Shows that names outside the hub are somebody's: a text that only the hub and they know must
/// appear where only they can write. Looked for again every 30 days. Thread-safe.
final class Verifications {
  static final String CHALLENGE = "_meshkore-challenge.";
  static final String FILE = "/.well-known/meshkore.txt";

  private static final int TOKEN_BYTES = 24;
  private static final int ID_BYTES = 12;
  private static final int EACH_MAX = 20;
  private static final int CHECKS_PER_MINUTE = 20;
  private static final int SITE_CHECKS_PER_MINUTE = 30;
  private static final String SITE_IS_BUSY =
      "The hub looks " + SITE_CHECKS_PER_MINUTE + " times a minute at one site";
  private static final Duration SITE_AGAIN = Duration.ofMinutes(5);
  private static final RateLimiter UNLIMITED = new RateLimiter(0, () -> 0);
  private static final int DUE_AT_ONCE = 16;
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]");
  private static final Pattern PRIVATE_HOST = Pattern.compile("[a-z0-9.-]{1,200}:[0-9]{1,5}");

  private final Database database;
  private final ProofDriver dns;
  private final ProofDriver web;
  private final ProofDriver social;
  private final Platform.Sites sites;
  private final InstantSource time;
  private final RandomGenerator random;
  private final Trust trust;
  private final Audit audit;
  private final RateLimiter checks;
  private final RateLimiter siteChecks;

  Verifications(
      OwnerParts parts, ProofDriver dns, ProofDriver web, Platform.Sites sites, Trust trust) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.trust = trust;
    this.checks = new RateLimiter(CHECKS_PER_MINUTE, () -> nanos(parts.time().instant()));
    this.siteChecks = new RateLimiter(SITE_CHECKS_PER_MINUTE, () -> nanos(parts.time().instant()));
    this.dns = dns;
    this.web = web;
    this.social = new SocialDriver(parts.outbound(), sites);
    this.sites = sites;
    this.time = parts.time();
    this.random = parts.random();
  }

  /// Begins to show that a domain is somebody's.
  Verification ofDomain(Verification.Subject subject, Verification.Method method, String given) {
    String domain = given.toLowerCase(Locale.ROOT);
    boolean isPrivate =
        sites.isPrivateAllowed()
            && method == Verification.Method.WELL_KNOWN
            && PRIVATE_HOST.matcher(domain).matches();
    if (!isPrivate && (!DOMAIN.matcher(domain).matches() || PublicSuffixes.has(domain))) {
      throw Refused.field(
          "domain", "domain must be a registered domain name in ASCII, and no public suffix");
    }
    String proof =
        method == Verification.Method.DNS
            ? CHALLENGE + domain
            : (isPrivate ? "http://" : "https://") + domain + FILE;
    String expected = "meshkore-verification=" + Secrets.text(random, TOKEN_BYTES);
    return begin(subject, method, domain, proof, expected);
  }

  /// Begins to show that an account of a public site is somebody's.
  Verification ofAccount(
      Verification.Subject subject, String platform, String account, String proof) {
    String address =
        sites
            .of(platform)
            .orElseThrow(() -> Refused.field("platform", "platform must be github or mastodon"))
            .address(account, proof)
            .orElseThrow(() ->
                Refused.field("account", "account and proof must have the form of " + platform));
    String expected =
        "Verifying that I control this MeshKore identity: " + Secrets.text(random, TOKEN_BYTES);
    return begin(subject, Verification.Method.SOCIAL, platform + ":" + account, address, expected);
  }

  private Verification begin(
      Verification.Subject subject,
      Verification.Method method,
      String name,
      String proof,
      String expected) {
    var one =
        new Verification(
            "vrf_" + Secrets.text(random, ID_BYTES),
            subject,
            method,
            name,
            proof,
            expected,
            Verification.Status.PENDING,
            "",
            now(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return database.write(transaction -> {
      if (SqlVerifications.of(transaction, subject).size() >= EACH_MAX) {
        throw Refused.later(
            ProblemType.RATE_LIMITED,
            "There are " + EACH_MAX + " verifications already; remove one",
            60);
      }
      SqlVerifications.insert(transaction, one);
      return one;
    });
  }

  private static long nanos(Instant time) {
    return TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli());
  }

  /// Looks now. Each look is a call to somebody outside, so nobody may have many made.
  ///
  /// @throws Refused when there were too many in the last minute
  Verification check(Verification.Subject subject, String id) {
    Verification before = find(subject, id);
    RateLimiter.Decision decision =
        checks.take(
            switch (subject) {
              case Verification.Subject.OfAgent(long agent) -> agent;
              case Verification.Subject.OfOwner(long owner) -> -1 - owner;
            });
    if (!decision.allowed()) {
      throw Refused.later(
          ProblemType.RATE_LIMITED,
          "The hub looks " + CHECKS_PER_MINUTE + " times a minute for you",
          decision.resetSeconds());
    }
    RateLimiter.Decision bySite = takeOfSite(before);
    if (!bySite.allowed()) {
      throw Refused.later(ProblemType.RATE_LIMITED, SITE_IS_BUSY, bySite.resetSeconds());
    }
    return looked(before, driver(before).look(before));
  }

  /// All calls of the hub to a site count together, whoever asks for them: the site may close its
  /// door to the hub, and so to all.
  private RateLimiter.Decision takeOfSite(Verification one) {
    String site = one.proof().replaceFirst("^https?://", "").replaceFirst("/.*", "");
    RateLimiter limiter = one.method() == Verification.Method.DNS ? UNLIMITED : siteChecks;
    return limiter.take(ByteBuffer.wrap(Secrets.hash(site)).getLong());
  }

  /// Looks at what is due. One after the other: nobody waits for it.
  void checkDue() {
    Instant now = now();
    List<Verification> due =
        database.read(reader -> SqlVerifications.due(reader, now, DUE_AT_ONCE));
    for (Verification one : due) {
      boolean mayLook = takeOfSite(one).allowed();
      looked(
          one, mayLook ? driver(one).look(one) : new Finding.NotLooked(SITE_IS_BUSY, SITE_AGAIN));
    }
  }

  private ProofDriver driver(Verification one) {
    return switch (one.method()) {
      case DNS -> dns;
      case WELL_KNOWN -> web;
      case SOCIAL -> social;
    };
  }

  private Verification looked(Verification before, Finding finding) {
    Verification after = before.looked(finding, now());
    boolean isStored =
        database.write(transaction -> SqlVerifications.update(transaction, before, after));
    boolean isChanged =
        before.status() == Verification.Status.VERIFIED
            || after.status() == Verification.Status.VERIFIED;
    if (isChanged) {
      trust.reload(before.subject());
    }
    return isStored ? after : find(before.subject(), before.id());
  }

  List<Verification> of(Verification.Subject subject) {
    return database.read(reader -> SqlVerifications.of(reader, subject));
  }

  Verification find(Verification.Subject subject, String id) {
    return database
        .read(reader -> SqlVerifications.find(reader, id))
        .filter(one -> one.subject().equals(subject))
        .orElseThrow(() ->
            new Refused(
                ProblemType.UNKNOWN_VERIFICATION, "There is no such verification of yours"));
  }

  void remove(Verification.Subject subject, String id) {
    find(subject, id);
    database.write(transaction -> SqlVerifications.delete(transaction, id));
    trust.reload(subject);
  }

  /// Lets the operator vouch for an agent or an owner, or no longer.
  ///
  /// @param id the agent's or owner's
  void vouch(Verification.Subject of, String id, boolean isTrusted) {
    String subject = (of instanceof Verification.Subject.OfOwner ? "owner:" : "agent:") + id;
    Instant now = now();
    database.write(transaction -> {
      if (isTrusted) {
        SqlVerifications.vouch(transaction, subject, now);
      } else {
        SqlVerifications.unvouch(transaction, subject);
      }
      audit.record(transaction, Leaf.of("trust.set", "admin", id).with("trusted", isTrusted));
      return subject;
    });
    trust.reload(of);
  }

  private Instant now() {
    return time.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
