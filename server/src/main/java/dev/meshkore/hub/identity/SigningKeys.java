package dev.meshkore.hub.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys that sign tokens. Every 30 days a new one is made; it is published a day before it
/// signs, so that whoever keeps the key set has it in time, and it stays published until the last
/// token that it signed has expired. Thread-safe.
public final class SigningKeys {
  static final Duration MADE_EVERY = Duration.ofDays(30);
  static final Duration PUBLISHED_BEFORE_USE = Duration.ofHours(24);
  private static final Duration LOOKED_AT_EVERY = Duration.ofMinutes(10);

  private final Database database;
  private final Audit audit;
  private final InstantSource time;
  private final SecureRandom random;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Ring ring = new Ring(List.of(), Instant.MIN, Instant.MIN);

  /// The keys of this database; the first is made here, where there is none.
  public SigningKeys(Database database, Audit audit, InstantSource time, SecureRandom random) {
    this.database = database;
    this.audit = audit;
    this.time = time;
    this.random = random;
    ring(time.instant());
  }

  /// The key that signs now.
  SigningKey current() {
    Instant now = time.instant();
    return ring(now).current(now);
  }

  /// A signature of bytes that are kept elsewhere (RFC 7515 §7.2.2, detached).
  ///
  /// @param protectedHeader in base64url
  /// @param signature in base64url
  public record Jws(String protectedHeader, String signature) {}

  /// Signs bytes with the key of now; whoever reads `keySetUrl` can check it.
  public Jws sign(byte[] bytes, String keySetUrl) {
    JWSObject jws = signed(JOSEObjectType.JOSE, bytes, keySetUrl);
    return new Jws(jws.getHeader().toBase64URL().toString(), jws.getSignature().toString());
  }

  /// Signs a JSON object with the key of now, as a compact JWS of a type (RFC 7519 §7.1).
  public String sign(String type, byte[] json, String keySetUrl) {
    return signed(new JOSEObjectType(type), json, keySetUrl).serialize();
  }

  /// Signs bytes with the key of now, as a compact JWS whose `kid` is the key itself, as `did:key`:
  /// whoever reads it needs nothing else to check it, and the key set to know whose key it is.
  public String signByName(byte[] bytes) {
    SigningKey key = current();
    String did = new Key(KeyType.ED25519, hex(key.rawPublicKey()), false).didKey();
    String name = did + "#" + did.substring("did:key:".length());
    return signed(new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID(name).build(), bytes, key)
        .serialize();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private JWSObject signed(JOSEObjectType type, byte[] bytes, String keySetUrl) {
    SigningKey key = current();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.EdDSA)
            .type(type)
            .keyID(key.id())
            .jwkURL(URI.create(keySetUrl))
            .build();
    return signed(header, bytes, key);
  }

  private static JWSObject signed(JWSHeader header, byte[] bytes, SigningKey key) {
    var jws = new JWSObject(header, new Payload(bytes));
    try {
      jws.sign(new Ed25519Signer(key.privateKey()));
    } catch (JOSEException cause) {
      throw new IllegalStateException("The key " + key.id() + " cannot sign", cause);
    }
    return jws;
  }

  /// A key that may have signed a token which is valid now.
  Optional<SigningKey> published(String keyId) {
    Instant now = time.instant();
    return ring(now).published(now).stream().filter(key -> key.id().equals(keyId)).findFirst();
  }

  /// The JSON Web Key Set (RFC 7517, RFC 8037).
  ObjectNode keySet() {
    Instant now = time.instant();
    ObjectNode set = Json.object();
    ArrayNode keys = set.putArray("keys");
    for (SigningKey key : ring(now).published(now)) {
      keys.addObject()
          .put("kty", "OKP")
          .put("crv", "Ed25519")
          .put("x", Secrets.base64Url(key.rawPublicKey()))
          .put("kid", key.id())
          .put("alg", "EdDSA")
          .put("use", "sig");
    }
    return set;
  }

  private Ring ring(Instant now) {
    Ring seen = ring;
    if (seen.isFresh(now)) {
      return seen;
    }
    lock.lock();
    try {
      if (!ring.isFresh(now)) {
        ring = looked(now);
      }
      return ring;
    } finally {
      lock.unlock();
    }
  }

  private Ring looked(Instant now) {
    List<SigningKey> keys = database.read(SqlSigningKeys::list);
    if (isDue(keys, now)) {
      keys = database.write(transaction -> rotated(transaction, now));
    }
    Instant due = keys.getLast().madeAt().plus(MADE_EVERY);
    Instant again = now.plus(LOOKED_AT_EVERY);
    return new Ring(keys, now, due.isBefore(again) ? due : again);
  }

  private List<SigningKey> rotated(Transaction transaction, Instant now) throws SQLException {
    SqlSigningKeys.lock(transaction);
    List<SigningKey> keys = SqlSigningKeys.list(transaction);
    if (isDue(keys, now)) {
      SigningKey made = SigningKey.make(random, now);
      SqlSigningKeys.insert(transaction, made);
      audit.record(
          transaction,
          Leaf.of("signing_key.made", "hub", made.id())
              .with("public_key", Secrets.base64Url(made.rawPublicKey())));
      keys = SqlSigningKeys.list(transaction);
    }
    List<SigningKey> published = new Ring(keys, now, now).published(now);
    for (SigningKey key : keys) {
      if (!published.contains(key)) {
        SqlSigningKeys.delete(transaction, key.id());
        audit.record(transaction, Leaf.of("signing_key.removed", "hub", key.id()));
      }
    }
    return published;
  }

  private static boolean isDue(List<SigningKey> keys, Instant now) {
    return keys.isEmpty() || !keys.getLast().madeAt().plus(MADE_EVERY).isAfter(now);
  }

  /// The keys as they were read.
  ///
  /// @param keys oldest first
  /// @param from when they were read
  /// @param until when to look again
  private record Ring(List<SigningKey> keys, Instant from, Instant until) {
    boolean isFresh(Instant now) {
      return !keys.isEmpty() && now.isBefore(until) && !now.isBefore(from);
    }

    SigningKey current(Instant now) {
      return keys.get(currentIndex(now));
    }

    /// The current key, those to come, and those whose tokens have not all expired.
    List<SigningKey> published(Instant now) {
      var published = new ArrayList<SigningKey>();
      int current = currentIndex(now);
      for (int i = 0; i < keys.size(); i++) {
        if (i >= current || usedFrom(i + 1).plus(Tokens.LIFETIME).isAfter(now)) {
          published.add(keys.get(i));
        }
      }
      return published;
    }

    private int currentIndex(Instant now) {
      for (int i = keys.size() - 1; i > 0; i--) {
        if (!usedFrom(i).isAfter(now)) {
          return i;
        }
      }
      return 0;
    }

    /// The oldest key signs since it was made; each other one a day after it was published.
    private Instant usedFrom(int index) {
      Instant madeAt = keys.get(index).madeAt();
      return index == 0 ? madeAt : madeAt.plus(PUBLISHED_BEFORE_USE);
    }
  }
}
