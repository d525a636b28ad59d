package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.keys.BadSignature;
import dev.meshkore.hub.keys.DidWbaHeader;
import dev.meshkore.hub.keys.HttpSignature;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.keys.NostrEvent;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Who signed a request: by an HTTP message signature (RFC 9421), by an event of Nostr (NIP-98), by
/// a header of the Agent Network Protocol, or by the challenge of a WebSocket. Each signature is
/// accepted once. Thread-safe.
public final class SignedCalls {
  /// How old a signature may be, in seconds.
  static final long AGE_MAX = 300;

  /// How old or how early an event of Nostr may be, and how early any other signature.
  static final long SKEW = 60;

  private static final int HTTP_AUTH = 27_235;
  private static final String HELLO_HEAD = "meshkore-hello/1";

  /// Who signed.
  ///
  /// @param caller the agent
  /// @param acceptance of the signature
  record Signer(Caller.OfAgent caller, Acceptance acceptance) {}

  private final AgentKeys keys;
  private final AcceptedSignatures accepted;
  private final Supplier<String> hubUrl;
  private final InstantSource time;
  private final RandomGenerator random;

  /// Signatures by these keys, for the hub at this URL.
  public SignedCalls(
      Database database,
      AgentKeys keys,
      Supplier<String> hubUrl,
      InstantSource time,
      RandomGenerator random) {
    this.keys = keys;
    this.accepted = new AcceptedSignatures(database, time);
    this.hubUrl = hubUrl;
    this.time = time;
    this.random = random;
  }

  /// The agent whose key signed the request by RFC 9421.
  ///
  /// @throws Refused when none did, or the signature was accepted before
  Signer byHttpSignature(Request request) {
    try {
      HttpSignature signature =
          HttpSignature.read(request.headers("Signature-Input"), request.headers("Signature"));
      requireWindow(signature.createdAt(), AGE_MAX, signature.expiresAt());
      SqlKeys.Row signer =
          keys.signer(KeyType.ED25519, signature.keyId()).orElseThrow(SignedCalls::unknown);
      byte[] base = base(request, signature);
      if (!signer.bound().key().verifies(base, signature.signature())) {
        throw unknown();
      }
      String key = signer.bound().key().hex();
      Acceptance acceptance =
          accepted.accept(signature.createdAt(), "http\n" + key + "\n" + signature.nonce());
      return new Signer(
          new Caller.OfAgent(signer.agent(), signer.agentId(), Proof.ofSignature(key)), acceptance);
    } catch (BadSignature bad) {
      throw new Refused(ProblemType.UNAUTHENTICATED, bad.why());
    }
  }

  /// The agent whose key signed an event of Nostr for this request.
  ///
  /// @param event in Base64
  /// @throws Refused when none did, or the event was accepted before
  Signer byNostrEvent(Request request, String event) {
    try {
      NostrEvent read = NostrEvent.read(decoded(event));
      if (read.kind() != HTTP_AUTH) {
        throw new BadSignature("The event's kind must be " + HTTP_AUTH);
      }
      requireWindow(read.createdAt(), SKEW, Optional.empty());
      SqlKeys.Row signer =
          keys.signer(KeyType.SECP256K1, read.key()).orElseThrow(SignedCalls::unknown);
      requireBound(request, read);
      if (!read.isGenuine()) {
        throw unknown();
      }
      Acceptance acceptance = accepted.accept(read.createdAt(), "nostr\n" + read.id());
      return new Signer(
          new Caller.OfAgent(signer.agent(), signer.agentId(), Proof.ofNostr(read.key())),
          acceptance);
    } catch (BadSignature bad) {
      throw new Refused(ProblemType.UNAUTHENTICATED, bad.why());
    }
  }

  /// The agent whose key signed a header of the Agent Network Protocol for this hub.
  ///
  /// @param header what comes after the name of the scheme
  /// @throws Refused when none did, or the nonce was accepted before
  Signer byDidWba(String header) {
    try {
      DidWbaHeader read = DidWbaHeader.read(header);
      long createdAt = read.timestamp().getEpochSecond();
      requireWindow(createdAt, AGE_MAX, Optional.empty());
      String name = read.did() + "#" + read.verificationMethod();
      SqlKeys.Row signer =
          DidWba.read(hubUrl.get(), name)
              .flatMap(_ -> keys.signer(KeyType.ED25519, name))
              .orElseThrow(SignedCalls::unknown);
      Key key = signer.bound().key();
      if (DidWba.services(hubUrl.get()).stream().noneMatch(one -> read.isBy(key, one))) {
        throw unknown();
      }
      Acceptance acceptance =
          accepted.accept(createdAt, "didwba\n" + key.hex() + "\n" + read.nonce());
      return new Signer(
          new Caller.OfAgent(signer.agent(), signer.agentId(), Proof.ofDidWba(key.hex())),
          acceptance);
    } catch (BadSignature bad) {
      throw new Refused(ProblemType.UNAUTHENTICATED, bad.why());
    }
  }

  /// Accepts the signature of this key, which no agent has yet, over the request.
  ///
  /// @throws Refused when there is no such signature, or it was accepted before
  void requireSignedBy(Request request, Key key) {
    try {
      HttpSignature signature =
          HttpSignature.read(request.headers("Signature-Input"), request.headers("Signature"));
      requireWindow(signature.createdAt(), AGE_MAX, signature.expiresAt());
      boolean isNamed =
          Key.ofEd25519Name(signature.keyId()).filter(key::equals).isPresent()
              || key.thumbprint().equals(signature.keyId());
      if (!isNamed || !key.verifies(base(request, signature), signature.signature())) {
        throw new Refused(
            ProblemType.UNAUTHENTICATED, "The request is not signed by the public_key it brings");
      }
      accepted
          .accept(signature.createdAt(), "http\n" + key.hex() + "\n" + signature.nonce())
          .await();
    } catch (BadSignature bad) {
      throw new Refused(ProblemType.UNAUTHENTICATED, bad.why());
    }
  }

  private byte[] base(Request request, HttpSignature signature) {
    var signed =
        new HttpSignature.Signed(
            request.method(), hubUrl.get(), request.target(), request::headers);
    return signature.base(signed, request.body());
  }

  /// Something new for a WebSocket's peer to sign.
  String newChallenge() {
    return Secrets.text(random, 32);
  }

  /// What a key signs to open the WebSocket on which the hub sent this challenge.
  String hello(String challenge) {
    return HELLO_HEAD + "\n" + hubUrl.get() + "\n" + challenge;
  }

  /// The agent whose key signed the hello of a WebSocket.
  ///
  /// @param key the key in hexadecimal
  /// @throws Refused when none did
  Caller.OfAgent byHello(String challenge, String key, String signature) {
    byte[] signed = hello(challenge).getBytes(StandardCharsets.UTF_8);
    SqlKeys.Row signer =
        keys.signer(KeyType.ED25519, key)
            .or(() -> keys.signer(KeyType.SECP256K1, key))
            .orElseThrow(SignedCalls::unknown);
    if (!signer.bound().key().verifies(signed, bytes(signature))) {
      throw unknown();
    }
    return new Caller.OfAgent(
        signer.agent(), signer.agentId(), Proof.ofSignature(signer.bound().key().hex()));
  }

  /// A tag of a body is required only where there is a body; one that is there must be right.
  private void requireBound(Request request, NostrEvent event) {
    String url = hubUrl.get() + request.target();
    if (!event.tag("u").orElse("").equals(url)) {
      throw new BadSignature("The event's tag u must be the URL as the hub is reached: " + url);
    }
    String method = event.tag("method").orElse("");
    if (!method.toUpperCase(Locale.ROOT).equals(request.method())) {
      throw new BadSignature("The event's tag method must be the request's");
    }
    Optional<String> payload = event.tag("payload");
    if (payload.isEmpty() && request.body().length == 0) {
      return;
    }
    byte[] digest = Sha256.of(request.body());
    if (!MessageDigest.isEqual(digest, bytes(payload.orElse("")))) {
      throw new BadSignature("The event's tag payload must be the SHA-256 of the body");
    }
  }

  private void requireWindow(long createdAt, long ageMax, Optional<Long> expiresAt) {
    long now = time.instant().getEpochSecond();
    boolean isOfNow = createdAt > now - ageMax && createdAt <= now + SKEW;
    if (!isOfNow || expiresAt.orElse(Long.MAX_VALUE) <= now) {
      throw new Refused(
          ProblemType.SIGNATURE_EXPIRED,
          "The signature is too old, or of the future; here it is " + now);
    }
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw new BadSignature("After Nostr must come an event in Base64");
    }
  }

  private static byte[] bytes(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  private static Refused unknown() {
    return new Refused(
        ProblemType.UNAUTHENTICATED,
        "The signature is not of this request by a key of an agent of this hub");
  }
}
