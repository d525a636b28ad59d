package dev.meshkore.hub.deeds;

import dev.meshkore.hub.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.erdtman.jcs.JsonCanonicalizer;
import tools.jackson.databind.JsonNode;

/// JSON in the one form of RFC 8785, in which it is signed and hashed.
public final class Canonical {
  private Canonical() {}

  /// The bytes of the canonical form, in UTF-8.
  public static byte[] bytes(JsonNode node) {
    try {
      String text = new String(Json.bytes(node), StandardCharsets.UTF_8);
      return new JsonCanonicalizer(text).getEncodedUTF8();
    } catch (IOException failure) {
      throw new UncheckedIOException("This is no JSON", failure);
    }
  }

  /// The same as text.
  public static String text(JsonNode node) {
    return new String(bytes(node), StandardCharsets.UTF_8);
  }

  /// SHA-256 of the canonical form, in hexadecimal.
  public static String hash(JsonNode node) {
    return hash(bytes(node));
  }

  /// SHA-256 of these bytes, in hexadecimal.
  public static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(sha256(bytes));
  }

  /// SHA-256.
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }
}
