package dev.meshkore.hub.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a log (C2SP tlog-checkpoint): which log, how many leaves, and the root over them.
/// Two of the same log can be compared by anyone; that they agree is all that a log promises.
///
/// @param origin the log's name
/// @param size how many leaves
/// @param root the root over them
public record Checkpoint(String origin, long size, byte[] root) {
  private static final Pattern FORM =
      Pattern.compile("([^\\n]+)\\n(0|[1-9][0-9]{0,17})\\n([A-Za-z0-9+/]{43}=)\\n(?:[^\\n]+\\n)*");

  /// The text that is signed.
  public String text() {
    return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
  }

  /// Reads the signed text; empty where it is none.
  public static Optional<Checkpoint> read(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    byte[] root = Base64.getDecoder().decode(parts.group(3));
    return Optional.of(new Checkpoint(parts.group(1), Long.parseLong(parts.group(2)), root));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint(String otherOrigin, long otherSize, byte[] otherRoot)
        && origin.equals(otherOrigin)
        && size == otherSize
        && Arrays.equals(root, otherRoot);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(text().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return origin + " of " + size;
  }
}
