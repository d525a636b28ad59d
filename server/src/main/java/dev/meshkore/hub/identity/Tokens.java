package dev.meshkore.hub.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Makes and verifies the tokens by which agents prove who they are (RFC 9068, EdDSA). A verified
/// token is kept until it expires, since a verification costs some sixty hashes. Thread-safe.
public final class Tokens {
  /// How long a token is valid.
  public static final Duration LIFETIME = Duration.ofHours(24);

  private static final String EPOCH = "epoch";
  private static final int CHARACTERS_MAX = 4_096;
  private static final int KEPT_MAX = 100_000;
  private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");
  private static final Set<String> HEADER_MEMBERS = Set.of("alg", "typ", "kid");
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}");

  /// A token as it is handed out.
  ///
  /// @param value the token; never logged
  /// @param expiresAt when it stops being valid
  public record Token(String value, Instant expiresAt) {
    @Override
    public String toString() {
      return "Token until " + expiresAt;
    }
  }

  /// Whom a token speaks for.
  ///
  /// @param agentId the agent
  /// @param epoch how often its API key had been changed when the token was made
  record Holder(String agentId, long epoch) {}

  private record Verified(Holder holder, Instant expiresAt) {}

  private final SigningKeys keys;
  private final Supplier<String> hubUrl;
  private final InstantSource time;
  private final RandomGenerator random;
  private final Kept<Verified> kept = new Kept<>(KEPT_MAX);

  /// Tokens issued by and for the hub at this URL.
  public Tokens(
      SigningKeys keys, Supplier<String> hubUrl, InstantSource time, RandomGenerator random) {
    this.keys = keys;
    this.hubUrl = hubUrl;
    this.time = time;
    this.random = random;
  }

  /// A new token for an agent whose API key was never changed.
  public Token issue(String agentId) {
    return issue(agentId, 0);
  }

  /// A new token for an agent whose API key was changed so often.
  Token issue(String agentId, long epoch) {
    Instant now = time.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant expiresAt = now.plus(LIFETIME);
    SigningKey key = keys.current();
    var builder =
        new JWTClaimsSet.Builder()
            .issuer(hubUrl.get())
            .audience(hubUrl.get())
            .subject(agentId)
            .jwtID(Secrets.text(random, 16))
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expiresAt));
    JWTClaimsSet claims = (epoch == 0 ? builder : builder.claim(EPOCH, epoch)).build();
    var header = new JWSHeader.Builder(JWSAlgorithm.EdDSA).type(TYPE).keyID(key.id()).build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new Ed25519Signer(key.privateKey()));
    } catch (JOSEException cause) {
      throw new IllegalStateException("The key " + key.id() + " cannot sign", cause);
    }
    return new Token(token.serialize(), expiresAt);
  }

  /// The id of the agent whom a token speaks for.
  ///
  /// @throws Refused when the token is not one of this hub's, or has expired
  public String verify(String token) {
    return holder(token).agentId();
  }

  /// Whom a token speaks for.
  ///
  /// @throws Refused when the token is not one of this hub's, or has expired
  Holder holder(String token) {
    if (token.length() > CHARACTERS_MAX) {
      throw unknown();
    }
    String name = Sha256.name(token);
    Optional<Verified> known = kept.get(name);
    Verified verified = known.orElseGet(() -> verifiedSlowly(token));
    if (!time.instant().isBefore(verified.expiresAt())) {
      kept.remove(name);
      throw new Refused(ProblemType.TOKEN_EXPIRED, "The token expired; get one at POST /register");
    }
    if (known.isEmpty()) {
      kept.put(name, verified);
    }
    return verified.holder();
  }

  private Verified verifiedSlowly(String token) {
    if (!FORM.matcher(token).matches()) {
      throw unknown();
    }
    try {
      SignedJWT parsed = SignedJWT.parse(token);
      if (!isOurs(parsed)) {
        throw unknown();
      }
      return claims(parsed.getPayload().toJSONObject());
    } catch (ParseException | JOSEException | IllegalArgumentException _) {
      throw unknown();
    }
  }

  /// The header may say nothing but what ours say: no key of its own, nothing critical.
  private boolean isOurs(SignedJWT token) throws JOSEException {
    JWSHeader header = token.getHeader();
    if (!JWSAlgorithm.EdDSA.equals(header.getAlgorithm())
        || !TYPE.equals(header.getType())
        || !header.toJSONObject().keySet().equals(HEADER_MEMBERS)) {
      return false;
    }
    Optional<SigningKey> key = keys.published(header.getKeyID());
    return key.isPresent() && token.verify(new Ed25519Verifier(key.get().publicKey()));
  }

  private Verified claims(Map<String, Object> claims) {
    String hub = hubUrl.get();
    if (claims != null
        && hub.equals(claims.get("iss"))
        && hub.equals(claims.get("aud"))
        && claims.get("sub") instanceof String agentId
        && AgentId.isValid(agentId)
        && claims.get("jti") instanceof String
        && claims.get("iat") instanceof Long
        && claims.get("exp") instanceof Long expiresAt
        && claims.getOrDefault(EPOCH, 0L) instanceof Long epoch) {
      return new Verified(new Holder(agentId, epoch), Instant.ofEpochSecond(expiresAt));
    }
    throw unknown();
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNAUTHENTICATED, "The credential is not one of this hub's");
  }
}
