package dev.meshkore.hub.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Spoils what is valid.
final class Mutator {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e400",
          "9223372036854775808",
          "-9223372036854775808",
          "1.5",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"a\\u0000b\"",
          "\"admin\"",
          "\"../../etc/passwd\"",
          "\"'; DROP TABLE agent; --\"",
          "[]",
          "{}",
          "[null]",
          "[\"\\u0000\"]",
          "[\"\\ud800\"]",
          "{\"a\":1,\"a\":2}",
          "\"2147483648\"",
          "1".repeat(400),
          "1".repeat(2_000),
          "\"" + "x".repeat(300) + "\"",
          "\"" + "é".repeat(5_000) + "\"",
          "[".repeat(40) + "]".repeat(40),
          "[".repeat(20_000),
          "{\"a\":".repeat(33) + "1" + "}".repeat(33));

  private static final List<String> PIECES =
      List.of(
          "",
          "%00",
          "%zz",
          "%ff%fe",
          "%ED%A0%80",
          "..%2f",
          "a1:2147483650",
          "a:99999999999999999",
          "bob:0",
          "bob:-1",
          "-1",
          "0",
          "9223372036854775807",
          "9223372036854775808",
          "1.5",
          "zz.zz",
          "-zzzzzz.0",
          "%2e%2e",
          "a".repeat(65),
          "x".repeat(3_000),
          "é",
          "%F0%9F%98%80",
          "null",
          "ALL",
          "1y2p0ij32e8e7.zik0zj",
          "+",
          "%0d%0aX-Y:%20z",
          "bob%20",
          "%22",
          "'",
          "alice",
          "bob",
          "room");

  private final SplittableRandom random;

  Mutator(SplittableRandom random) {
    this.random = random;
  }

  /// A path segment or query value.
  String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  /// A body, spoiled or not.
  byte[] body(String valid) {
    byte[] bytes = valid.getBytes(StandardCharsets.UTF_8);
    return switch (random.nextInt(8)) {
      case 0 -> bytes;
      case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2, 3 -> otherValue(valid).getBytes(StandardCharsets.UTF_8);
      case 4 -> twice(valid).getBytes(StandardCharsets.UTF_8);
      case 5 -> (valid + value()).getBytes(StandardCharsets.UTF_8);
      default -> flipped(bytes);
    };
  }

  /// Any JSON value, or nearly.
  String value() {
    return VALUES.get(random.nextInt(VALUES.size()));
  }

  /// Puts another value in the place of one of them.
  private String otherValue(String valid) {
    int[] colons = {0};
    int count = (int) valid.chars().filter(character -> character == ':').count();
    int chosen = random.nextInt(Math.max(1, count));
    var out = new StringBuilder();
    int i = 0;
    while (i < valid.length()) {
      char character = valid.charAt(i++);
      out.append(character);
      if (character == ':' && colons[0]++ == chosen) {
        out.append(value());
        while (i < valid.length() && valid.charAt(i) != ',' && valid.charAt(i) != '}') {
          i++;
        }
      }
    }
    return out.toString();
  }

  private String twice(String valid) {
    String inner = valid.length() < 3 ? "\"a\":1" : valid.substring(1, valid.length() - 1);
    return "{" + inner + "," + inner + "}";
  }

  private byte[] flipped(byte[] bytes) {
    if (bytes.length == 0) {
      return bytes;
    }
    int flips = random.nextInt(1, 4);
    for (int i = 0; i < flips; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(1, 2_000)];
    random.nextBytes(bytes);
    return bytes;
  }
}
