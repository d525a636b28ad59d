package dev.meshkore.hub.mcp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a handler remembers between two calls, kept by the client: signed, and good only for the
/// same caller, the same call with the same arguments, and some minutes. The key is of this process
/// alone, so that a restart ends what is half done.
final class RequestState {
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final String ALGORITHM = "HmacSHA256";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final SecretKeySpec key;
  private final InstantSource clock;

  RequestState(SecureRandom random, InstantSource clock) {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    this.key = new SecretKeySpec(secret, ALGORITHM);
    this.clock = clock;
  }

  /// @param about the call that the state belongs to
  String seal(McpCaller caller, ObjectNode about, JsonNode state) {
    ObjectNode content = McpJson.object();
    content.put("caller", caller.id());
    content.put("call", digest(about));
    content.put("until", clock.instant().plus(LIFETIME).getEpochSecond());
    content.set("state", state);
    byte[] bytes = McpJson.bytes(content);
    return ENCODER.encodeToString(bytes) + "." + ENCODER.encodeToString(sign(bytes));
  }

  /// The state that was sealed for this call.
  ///
  /// @throws RpcError when it was not, or too long ago
  @Nullable JsonNode open(McpCaller caller, ObjectNode about, String sealed) {
    String[] parts = sealed.split("\\.", 2);
    try {
      byte[] bytes = DECODER.decode(parts[0]);
      byte[] signature = parts.length < 2 ? new byte[0] : DECODER.decode(parts[1]);
      if (MessageDigest.isEqual(signature, sign(bytes))) {
        JsonNode content = McpJson.tree(bytes);
        boolean isOfTheCall =
            content.path("caller").asString("").equals(caller.id())
                && content.path("call").asString("").equals(digest(about))
                && content.path("until").asLong(0) >= clock.instant().getEpochSecond();
        if (isOfTheCall) {
          return content.get("state");
        }
      }
    } catch (IllegalArgumentException | JacksonException _) {
      // It was not made here: refused below, like any other.
    }
    throw RpcError.params("requestState is not of this call, or has expired; begin again");
  }

  private byte[] sign(byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(content);
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static String digest(ObjectNode about) {
    try {
      byte[] bytes = about.toString().getBytes(StandardCharsets.UTF_8);
      return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
