package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What a buyer gives with a call.
///
/// @param target the path by which it was called
/// @param bytes the call's body, exactly
/// @param json what the seller gets
record Input(String target, byte[] bytes, byte[] json) {
  /// The largest input and the largest output.
  static final int BYTES_MAX = 65_536;

  private static final byte[] NOTHING = "null".getBytes(StandardCharsets.UTF_8);

  /// The body is the input; one that is empty is null.
  static Input ofBody(Request request) {
    byte[] body = request.body().length == 0 ? NOTHING : request.json();
    return new Input(request.target(), request.body(), checked("body", body));
  }

  /// A member of the body is the input.
  static Input of(Request request, JsonNode input) {
    return new Input(request.target(), request.body(), checked("input", Json.bytes(input)));
  }

  /// JSON that an agent wrote, written anew.
  static byte[] checked(String field, byte[] json) {
    try {
      byte[] written = Json.bytes(digits(json));
      if (written.length > BYTES_MAX) {
        throw Refused.field(field, field + " must be at most " + BYTES_MAX + " bytes");
      }
      return written;
    } catch (JacksonException failure) {
      throw Fields.malformed(failure);
    }
  }

  /// The body with what makes the call one of its own, so that two that say the same differ.
  byte[] with(String id) {
    byte[] name = id.getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(name, name.length + bytes.length);
    System.arraycopy(bytes, 0, both, name.length, bytes.length);
    return both;
  }

  /// A tree that is one, and in which numbers keep their digits.
  private static JsonNode digits(byte[] json) {
    Json.tree(json);
    return Json.own(json);
  }

  /// Its SHA-256, in hexadecimal.
  String hash() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException(cause);
    }
  }
}
