package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fr.acinq.secp256k1.Secp256k1;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The official vectors of NIP-44, every one.
final class Nip44Test {
  private static final HexFormat HEX = HexFormat.of();
  private static final Path FILE = Path.of("../../protocol/vectors/nip44.vectors.json");

  private static JsonNode vectors(String place) throws Exception {
    JsonNode found = Json.of(Json.read(Files.readString(FILE))).at("/v2" + place);
    assertThat(found.isMissingNode()).isFalse();
    return found;
  }

  private static byte[] bytes(JsonNode vector, String name) {
    return HEX.parseHex(vector.path(name).asString());
  }

  private static String hash(String text) {
    return HEX.formatHex(Hashes.sha256(text.getBytes(UTF_8)));
  }

  @Test
  void sharesTheConversationKey() throws Exception {
    for (JsonNode vector : vectors("/valid/get_conversation_key")) {
      byte[] key = Nip44.conversationKey(bytes(vector, "sec1"), bytes(vector, "pub2"));
      assertThat(key).isEqualTo(bytes(vector, "conversation_key"));
    }
    for (JsonNode vector : vectors("/invalid/get_conversation_key")) {
      assertThatThrownBy(() -> Nip44.conversationKey(bytes(vector, "sec1"), bytes(vector, "pub2")))
          .as(vector.path("note").asString())
          .isInstanceOf(EncryptionException.class);
    }
  }

  @Test
  void derivesTheKeysOfAMessage() throws Exception {
    JsonNode all = vectors("/valid/get_message_keys");
    for (JsonNode vector : all.path("keys")) {
      var keys = Nip44.MessageKeys.of(bytes(all, "conversation_key"), bytes(vector, "nonce"));
      assertThat(keys.cipher()).isEqualTo(bytes(vector, "chacha_key"));
      assertThat(keys.nonce()).isEqualTo(bytes(vector, "chacha_nonce"));
      assertThat(keys.hmac()).isEqualTo(bytes(vector, "hmac_key"));
    }
  }

  @Test
  void roundsLengthsUp() throws Exception {
    for (JsonNode vector : vectors("/valid/calc_padded_len")) {
      assertThat(Nip44.paddedLength(vector.get(0).asInt())).isEqualTo(vector.get(1).asInt());
    }
  }

  @Test
  void encryptsAndDecrypts() throws Exception {
    for (JsonNode vector : vectors("/valid/encrypt_decrypt")) {
      byte[] peer = Secp256k1.get().pubkeyCreate(bytes(vector, "sec2"));
      byte[] key = Nip44.conversationKey(bytes(vector, "sec1"), Arrays.copyOfRange(peer, 1, 33));
      assertThat(key).isEqualTo(bytes(vector, "conversation_key"));
      String text = vector.path("plaintext").asString();
      String payload = vector.path("payload").asString();
      assertThat(Nip44.encrypt(text, key, bytes(vector, "nonce"))).isEqualTo(payload);
      assertThat(Nip44.decrypt(payload, key)).isEqualTo(text);
    }
    for (JsonNode vector : vectors("/valid/encrypt_decrypt_long_msg")) {
      String text = vector.path("pattern").asString().repeat(vector.path("repeat").asInt());
      assertThat(hash(text)).isEqualTo(vector.path("plaintext_sha256").asString());
      byte[] key = bytes(vector, "conversation_key");
      String payload = Nip44.encrypt(text, key, bytes(vector, "nonce"));
      assertThat(hash(payload)).isEqualTo(vector.path("payload_sha256").asString());
      assertThat(Nip44.decrypt(payload, key)).isEqualTo(text);
    }
  }

  @Test
  void refusesWhatIsWrong() throws Exception {
    for (JsonNode vector : vectors("/invalid/encrypt_msg_lengths")) {
      int length = vector.asInt();
      // The vectors have lengths of gigabytes, which need not be made to be refused.
      String text = "a".repeat(Math.min(length, 1_000_000));
      assertThatThrownBy(() -> Nip44.encrypt(text, new byte[32], new byte[32]))
          .isInstanceOf(EncryptionException.class);
    }
    for (JsonNode vector : vectors("/invalid/decrypt")) {
      String payload = vector.path("payload").asString();
      assertThatThrownBy(() -> Nip44.decrypt(payload, bytes(vector, "conversation_key")))
          .as(vector.path("note").asString())
          .isInstanceOf(EncryptionException.class);
    }
  }
}
