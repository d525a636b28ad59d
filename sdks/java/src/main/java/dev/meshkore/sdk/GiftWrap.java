package dev.meshkore.sdk;

import fr.acinq.secp256k1.Secp256k1;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A text in three layers (NIP-59): the letter, that is not signed; the seal, which its sender
/// signed; and the wrap, of a key that is used once. Only the recipient can open it.
final class GiftWrap {
  private static final int LETTER = 14;
  private static final int SEAL = 13;
  private static final int WRAP = 1059;
  private static final long PAST_SECONDS = Duration.ofDays(2).toSeconds();
  private static final HexFormat HEX = HexFormat.of();

  /// What was inside.
  ///
  /// @param sender the key that sealed it, in hexadecimal
  /// @param tags what the letter says besides
  record Opened(String sender, Instant writtenAt, String content, List<List<String>> tags) {}

  private GiftWrap() {}

  /// @param recipient the x coordinate of the recipient's key
  /// @param tag what the letter says besides
  static NostrEvent wrap(
      Keys keys,
      byte[] recipient,
      String content,
      List<String> tag,
      Instant now,
      SecureRandom random) {
    String sender = keys.secp256k1();
    List<List<String>> to = List.of(List.of("p", HEX.formatHex(recipient)));
    var tags = List.of(to.getFirst(), tag);
    var letter = new NostrEvent(sender, now.getEpochSecond(), LETTER, tags, content, null);
    byte[] own = keys.secp256k1Private();
    var seal =
        new NostrEvent(
                sender,
                past(now, random),
                SEAL,
                List.of(),
                hidden(letter.json(), own, recipient, random),
                null)
            .signed(own, random);
    Arrays.fill(own, (byte) 0);
    byte[] once = freshSecret(random);
    String onceKey = HEX.formatHex(Secp256k1.get().pubkeyCreate(once), 1, 33);
    NostrEvent wrap =
        new NostrEvent(
                onceKey,
                past(now, random),
                WRAP,
                to,
                hidden(seal.json(), once, recipient, random),
                null)
            .signed(once, random);
    Arrays.fill(once, (byte) 0);
    return wrap;
  }

  /// @throws EncryptionException with one of the reasons of [Security.Unreadable]
  static Opened open(Keys keys, @Nullable JsonNode json) {
    NostrEvent wrap = read(json, WRAP);
    requireGenuine(wrap);
    List<String> readers =
        wrap.tags().stream()
            .filter(tag -> tag.size() > 1 && tag.getFirst().equals("p"))
            .map(tag -> tag.get(1))
            .toList();
    if (!readers.equals(List.of(keys.secp256k1()))) {
      throw new EncryptionException("not-for-this-key");
    }
    byte[] own = keys.secp256k1Private();
    NostrEvent seal = read(inside(wrap, own), SEAL);
    if (!seal.tags().isEmpty()) {
      throw new EncryptionException("malformed");
    }
    requireGenuine(seal);
    NostrEvent letter = read(inside(seal, own), LETTER);
    Arrays.fill(own, (byte) 0);
    // Nothing but this ties the letter to who sealed it: a letter is not signed.
    if (!letter.key().equals(seal.key())) {
      throw new EncryptionException("forged");
    }
    Instant writtenAt = Instant.ofEpochSecond(letter.createdAt());
    return new Opened(seal.key(), writtenAt, letter.content(), letter.tags());
  }

  private static NostrEvent read(@Nullable JsonNode json, int kind) {
    return NostrEvent.read(json)
        .filter(event -> event.kind() == kind)
        .orElseThrow(() -> new EncryptionException("malformed"));
  }

  private static void requireGenuine(NostrEvent event) {
    if (!event.isGenuine()) {
      throw new EncryptionException("forged");
    }
  }

  private static @Nullable JsonNode inside(NostrEvent outer, byte[] secret) {
    try {
      byte[] shared = Nip44.conversationKey(secret, HEX.parseHex(outer.key()));
      return Json.read(Nip44.decrypt(outer.content(), shared));
    } catch (EncryptionException e) {
      throw new EncryptionException("forged", e);
    }
  }

  private static String hidden(
      ObjectNode event, byte[] secret, byte[] recipient, SecureRandom random) {
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    return Nip44.encrypt(Json.text(event), Nip44.conversationKey(secret, recipient), nonce);
  }

  private static byte[] freshSecret(SecureRandom random) {
    byte[] secret = new byte[32];
    do {
      random.nextBytes(secret);
    } while (!Secp256k1.get().secKeyVerify(secret));
    return secret;
  }

  /// Some time of the last two days, so that the layers do not tell when they were made.
  private static long past(Instant now, SecureRandom random) {
    return now.getEpochSecond() - random.nextLong(PAST_SECONDS);
  }
}
