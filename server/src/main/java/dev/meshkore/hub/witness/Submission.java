package dev.meshkore.hub.witness;

import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a log asks of a witness (C2SP tlog-witness): the size of the head that the witness saw
/// last, the proof that leads from there, and the signed head.
///
/// @param old that size
/// @param proof the hashes
/// @param note the head
record Submission(long old, List<byte[]> proof, String note) {
  private static final Pattern OLD = Pattern.compile("old (0|[1-9][0-9]{0,17})");
  private static final int HASH_BYTES = 32;
  private static final int PROOF_MAX = 63;

  /// Reads a body.
  ///
  /// @throws Refused when it is of another form
  static Submission read(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    int gap = text.indexOf("\n\n");
    List<String> lines = gap < 0 ? List.of("") : List.of(text.substring(0, gap).split("\n", -1));
    Matcher old = OLD.matcher(lines.getFirst());
    if (!old.matches() || lines.size() - 1 > PROOF_MAX) {
      throw wrong();
    }
    var proof = new ArrayList<byte[]>();
    for (String line : lines.subList(1, lines.size())) {
      proof.add(hash(line));
    }
    return new Submission(Long.parseLong(old.group(1)), proof, text.substring(gap + 2));
  }

  /// The name of the log that it speaks of.
  String origin() {
    int end = note.indexOf('\n');
    return end < 0 ? "" : note.substring(0, end);
  }

  /// The body that says this.
  byte[] body() {
    var text = new StringBuilder("old ").append(old).append('\n');
    for (byte[] hash : proof) {
      text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
    }
    return text.append('\n').append(note).toString().getBytes(StandardCharsets.UTF_8);
  }

  static Refused wrong() {
    return Refused.field(
        "body", "The body must be an old size, a proof, an empty line and a signed checkpoint");
  }

  private static byte[] hash(String line) {
    try {
      byte[] hash = Base64.getDecoder().decode(line);
      if (hash.length == HASH_BYTES) {
        return hash;
      }
    } catch (IllegalArgumentException _) {
      // Told below, like a hash of another length.
    }
    throw wrong();
  }
}
