package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A text in few numbers, so that near copies are found without reading all texts: the smallest
/// hashes of its runs of words. Two texts that share most runs share most of these.
final class Shingles {
  /// How many are kept of a text.
  static final int KEPT = 24;

  private static final int RUN = 4;
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private Shingles() {}

  /// The numbers of a text; none of one that is too short to be a copy of anything.
  static List<Long> of(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    List<String> words = NO_WORD.splitAsStream(plain).filter(word -> !word.isEmpty()).toList();
    var hashes = new TreeSet<Long>();
    for (int i = 0; i + RUN <= words.size(); i++) {
      byte[] run = String.join(" ", words.subList(i, i + RUN)).getBytes(StandardCharsets.UTF_8);
      hashes.add(ByteBuffer.wrap(Canonical.sha256(run)).getLong());
    }
    return new ArrayList<>(hashes.stream().limit(KEPT).toList());
  }

  /// How many of a text's numbers another must share to be near it: three quarters, and no fewer
  /// than five.
  static int near(int count) {
    return Math.max(5, (count * 3 + 3) / 4);
  }
}
