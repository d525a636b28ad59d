package dev.meshkore.hub.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

final class SeedsTest {
  @Test
  @DisabledIfSystemProperty(named = "seed", matches = ".*")
  void everyRunHasAnotherSeed() {
    var firsts = new ArrayList<Long>();
    Seeds.forAll(20, random -> firsts.add(random.nextLong()));
    assertThat(new HashSet<>(firsts)).hasSize(20);
  }

  @Test
  void aFailureNamesTheSeedThatRepeatsIt() {
    List<Long> drawn = new ArrayList<>();
    Throwable failure =
        catchThrowable(() ->
            Seeds.forAll(
                3,
                random -> {
                  drawn.add(random.nextLong());
                  throw new IllegalStateException("wrong");
                }));
    assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("wrong");
    String seed = String.valueOf(failure.getMessage()).replaceAll(".*-Dseed=(-?\\d+).*", "$1");
    assertThat(new java.util.SplittableRandom(Long.parseLong(seed)).nextLong())
        .isEqualTo(drawn.getFirst());
    assertThat(drawn).hasSize(1);
  }
}
