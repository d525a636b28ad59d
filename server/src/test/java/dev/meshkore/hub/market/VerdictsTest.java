package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.scan.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class VerdictsTest {
  @Test
  void scansATextOnceAndForgetsThoseNotShownForLongest() {
    var scanned = new ArrayList<String>();
    var verdicts = new Verdicts(2);
    for (String text : "a b a c a b".split(" ")) {
      var _ =
          verdicts.of(
              text.getBytes(StandardCharsets.UTF_8),
              () -> {
                scanned.add(text);
                return Verdict.CLEAN;
              });
    }
    assertThat(scanned).containsExactly("a", "b", "c", "b");
  }
}
