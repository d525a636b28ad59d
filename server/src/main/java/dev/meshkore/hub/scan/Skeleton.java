package dev.meshkore.hub.scan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// What a name looks like (Unicode TR39): two names with one skeleton are taken for each other.
/// Letters of either case count as one, as do runs of spaces.
public final class Skeleton {
  private static final Map<Integer, String> LIKE = read();

  private Skeleton() {}

  /// The skeleton of a name; of an empty one, nothing.
  public static String of(String name) {
    String plain = Normalizer.normalize(withoutHidden(name), Normalizer.Form.NFKD);
    // Lower case hides what only capital letters look like, and the other way round.
    return folded(folded(plain).toLowerCase(Locale.ROOT)).strip().replaceAll("\\s+", " ");
  }

  /// Whether one name is taken for another, though it is another: not where only case, spaces or
  /// the way of encoding differ, for those are the same name.
  public static boolean isLookAlike(String one, String other) {
    return of(one).equals(of(other)) && !same(one).equals(same(other));
  }

  /// A name as it is compared with others to be the same.
  public static String same(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return plain.strip().replaceAll("\\s+", " ");
  }

  /// A word with the look-alikes of other scripts written in the letters that they look like.
  static String latin(String word) {
    var out = new StringBuilder();
    word.codePoints()
        .forEach(point -> {
          String like = point < 0x80 ? null : LIKE.get(point);
          out.append(like == null ? Character.toString(point) : like);
        });
    return out.toString();
  }

  private static String folded(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(point -> out.append(LIKE.getOrDefault(point, Character.toString(point))));
    // What is drawn as two letters may be followed by what makes it one.
    return out.toString().replace("rn", "m").replace("vv", "w");
  }

  private static String withoutHidden(String name) {
    var out = new StringBuilder();
    name.codePoints()
        .filter(point -> Character.getType(point) != Character.FORMAT)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static Map<Integer, String> read() {
    var like = new HashMap<Integer, String>();
    try (InputStream in = Skeleton.class.getResourceAsStream("/scan/look-alikes.txt")) {
      if (in == null) {
        throw new IllegalStateException("The table of look-alikes is missing");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("# "))
          .forEach(line -> {
            int tab = line.indexOf('\t', 1);
            String looks = line.substring(0, tab);
            line.substring(tab + 1).codePoints().forEach(point -> like.put(point, looks));
          });
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    // Of ASCII itself, these are taken for each other; all of them are written as letters.
    like.put((int) '0', "o");
    like.put((int) 'O', "o");
    like.put((int) '1', "l");
    like.put((int) 'I', "l");
    like.put((int) '|', "l");
    return Map.copyOf(like);
  }
}
