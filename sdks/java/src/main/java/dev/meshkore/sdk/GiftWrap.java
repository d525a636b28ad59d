package dev.meshkore.sdk;

import fr.acinq.secp256k1.Secp256k1;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
  /// @param id the letter's own id: the same letter, sent twice, has the same
  record Opened(String sender, String id, Instant writtenAt, String content) {}

  private GiftWrap() {}

  /// @param recipient the x coordinate of the recipient's key
  static NostrEvent wrap(
      Keys keys, byte[] recipient, String content, Instant now, SecureRandom random) {
    String sender = keys.secp256k1();
    List<List<String>> to = List.of(List.of("p", HEX.formatHex(recipient)));
    var letter = new NostrEvent(sender, now.getEpochSecond(), LETTER, to, content, null);
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

  /// @throws EncryptionException when it is not for these keys, or not what it says it is
  static Opened open(Keys keys, NostrEvent wrap) {
    if (wrap.kind() != WRAP || !wrap.isGenuine()) {
      throw new EncryptionException("No gift wrap, or one with a wrong signature");
    }
    byte[] own = keys.secp256k1Private();
    NostrEvent seal = inside(wrap, own, SEAL, "seal");
    if (!seal.isGenuine()) {
      throw new EncryptionException("The seal has a wrong signature");
    }
    NostrEvent letter = inside(seal, own, LETTER, "letter");
    Arrays.fill(own, (byte) 0);
    // Nothing but this ties the letter to who sealed it: a letter is not signed.
    if (!letter.key().equals(seal.key())) {
      throw new EncryptionException("The letter and its seal are of different keys");
    }
    return new Opened(
        seal.key(),
        HEX.formatHex(letter.id()),
        Instant.ofEpochSecond(letter.createdAt()),
        letter.content());
  }

  private static NostrEvent inside(NostrEvent outer, byte[] secret, int kind, String name) {
    byte[] shared = Nip44.conversationKey(secret, HEX.parseHex(outer.key()));
    return NostrEvent.read(Json.read(Nip44.decrypt(outer.content(), shared)))
        .filter(event -> event.kind() == kind)
        .orElseThrow(() -> new EncryptionException("What is inside is no " + name));
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
