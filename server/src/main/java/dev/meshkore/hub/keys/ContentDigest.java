package dev.meshkore.hub.keys;

import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;

/// The digest of a body in a header (RFC 9530).
final class ContentDigest {
  private ContentDigest() {}

  /// Compares every digest of a kind that is known with the body; there must be one.
  ///
  /// @throws BadSignature when there is none, or one is of another body
  static void require(List<String> headers, byte[] body) {
    if (headers.size() != 1) {
      throw new BadSignature("Content-Digest must be there once");
    }
    var scan = new FieldScanner(headers.getFirst());
    var names = new HashSet<String>();
    boolean isChecked = false;
    do {
      scan.spaces();
      String name = scan.key();
      scan.expect('=');
      byte[] digest = scan.bytes();
      scan.spaces();
      if (!names.add(name)) {
        throw new BadSignature("Content-Digest has " + name + " twice");
      }
      switch (name) {
        case "sha-256" -> compare("SHA-256", digest, body);
        case "sha-512" -> compare("SHA-512", digest, body);
        default -> {
          continue;
        }
      }
      isChecked = true;
    } while (scan.skip(','));
    scan.end();
    if (!isChecked) {
      throw new BadSignature("Content-Digest must hold sha-256 or sha-512");
    }
  }

  private static void compare(String algorithm, byte[] digest, byte[] body) {
    if (!MessageDigest.isEqual(digest, Digests.of(algorithm, body))) {
      throw new BadSignature("Content-Digest is of another body");
    }
  }
}
