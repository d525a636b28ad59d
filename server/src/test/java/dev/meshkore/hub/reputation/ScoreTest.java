package dev.meshkore.hub.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meshkore.hub.reputation.Score.Evidence;
import dev.meshkore.hub.reputation.Score.Weighed;
import dev.meshkore.hub.testing.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class ScoreTest {
  private static final long DAY = 86_400_000;
  private static final int ROUNDS = 300;
  private static final double NOTHING = 1e-9;

  private static Evidence one(int stars, String party, long fee, long days) {
    return new Evidence(stars, party, fee, days * DAY);
  }

  private static List<Evidence> some(RandomGenerator random) {
    var all = new ArrayList<Evidence>();
    int count = random.nextInt(1, 30);
    int parties = random.nextInt(1, 12);
    for (int i = 0; i < count; i++) {
      all.add(
          new Evidence(
              random.nextInt(1, 6),
              "p" + random.nextInt(parties),
              random.nextLong(0, 3_000_000),
              random.nextLong(0, 400 * DAY)));
    }
    return all;
  }

  private static double fees(List<Evidence> all) {
    return all.stream().mapToDouble(one -> one.fee() * one.decay()).sum();
  }

  @Test
  void whatIsNotKnownIsNotZero() {
    assertThat(Score.of(List.of())).isEqualTo(Score.NONE);
    Score ofOne = Score.of(List.of(one(5, "a", 100_000_000, 0)));
    assertThat(ofOne.isKnown()).isFalse();
    assertThat(ofOne.weight()).isLessThan(1);
    Score ofTwo = Score.of(List.of(one(5, "a", 1_050_000, 0), one(5, "b", 1_050_000, 0)));
    assertThat(ofTwo.isKnown()).isTrue();
    assertThat(ofTwo.mean()).isEqualTo(5);
    assertThat(ofTwo.lowerBound()).isBetween(1.0, 4.0);
    // The operator takes nothing, so nothing was burned, and nobody has a reputation.
    assertThat(Score.of(List.of(one(5, "a", 0, 0))).weight()).isZero();
  }

  @Test
  void aRatingWeighsItsFeeItsAgeAndTwiceWhereItIsBad() {
    Score score =
        Score.of(List.of(one(5, "a", Score.FEE_HALF, 0), one(2, "b", Score.FEE_HALF, 90)));
    // 5 at a half, and 2 at a quarter that counts double.
    assertThat(score.mean()).isCloseTo((5 * 0.5 + 2 * 0.5) / 1, within(NOTHING));
    assertThat(score.weight()).isCloseTo(0.75, within(NOTHING));
  }

  /// T2.6 of the vectors of kind 30085: the same mean and the same decay over other weights.
  @Test
  void theMeanIsThatOfKind30085() {
    long now = 1_774_800_000;
    List<Weighed> three =
        List.of(
            new Weighed(5, 0.9 * 1.2 * Score.decay((now - 1_772_208_000) * 1_000)),
            new Weighed(3, 0.7 * Score.decay((now - 1_769_616_000) * 1_000)),
            new Weighed(4, 0.85 * 1.1 * Score.decay((now - 1_773_936_000) * 1_000)));
    assertThat(three.get(0).weight()).isCloseTo(0.857197, within(1e-6));
    assertThat(three.get(1).weight()).isCloseTo(0.440972, within(1e-6));
    assertThat(three.get(2).weight()).isCloseTo(0.865693, within(1e-6));
    assertThat(Score.mean(three).orElseThrow()).isCloseTo(4.192352, within(1e-6));
    assertThat(Score.mean(List.of())).isEmpty();
  }

  @Test
  void theOrderOfRatingsDoesNotMatter() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          List<Evidence> all = some(random);
          var mixed = new ArrayList<>(all);
          Collections.shuffle(mixed, new Random(random.nextLong()));
          assertThat(Score.of(mixed)).isEqualTo(Score.of(all));
        });
  }

  @Test
  void aScoreIsBetweenOneAndFiveAndNotBelowItsBound() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          Score score = Score.of(some(random));
          if (score.isKnown()) {
            assertThat(score.mean()).isBetween(1.0, 5.0);
            assertThat(score.lowerBound()).isBetween(1.0, score.mean());
          }
          assertThat(score.weight()).isBetween(0.0, (double) score.parties());
        });
  }

  @Test
  void ageLowersWhatARatingWeighs() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          List<Evidence> all = some(random);
          Evidence young = all.getFirst();
          var older = new ArrayList<>(all);
          older.set(
              0, new Evidence(young.stars(), young.party(), young.fee(), young.ageMs() + 30 * DAY));
          assertThat(Score.of(older).weight())
              .isLessThanOrEqualTo(Score.of(all).weight() + NOTHING);
        });
    assertThat(Score.of(List.of(one(5, "a", 300_000, 90))).weight())
        .isCloseTo(0.25, within(NOTHING));
  }

  /// Whatever a ring pays itself, by how many agents and in how many jobs: all its ratings together
  /// weigh no more than the fees that it burned.
  @Test
  void aRingGainsNoMoreThanItBurnsInFees() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          long burned = random.nextLong(1, 3 * Score.FEE_HALF);
          int jobs = random.nextInt(1, 1_000);
          var ring = new ArrayList<Evidence>();
          for (int i = 0; i < jobs; i++) {
            ring.add(one(5, "sybil-" + random.nextInt(jobs), burned / jobs, random.nextInt(0, 3)));
          }
          assertThat(Score.of(ring).weight())
              .isLessThanOrEqualTo(fees(ring) / Score.FEE_HALF + NOTHING)
              .isLessThanOrEqualTo(burned / (double) Score.FEE_HALF);
        });
  }

  /// One party that pays again and again is one party.
  @Test
  void onePartyNeverWeighsMoreThanOne() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          var all = new ArrayList<Evidence>();
          for (int i = random.nextInt(1, 500); i > 0; i--) {
            all.add(
                new Evidence(5, "a", random.nextLong(0, 1L << 40), random.nextLong(0, 400 * DAY)));
          }
          assertThat(Score.of(all).weight()).isLessThan(1);
        });
  }

  /// Many ratings of one party move a score no more than one of the same fee would.
  @Test
  void splittingAJobChangesNothing() {
    Seeds.forAll(
        ROUNDS,
        random -> {
          List<Evidence> others = some(random);
          int parts = random.nextInt(2, 50);
          long fee = random.nextLong(1, 100_000);
          var whole = new ArrayList<>(others);
          whole.add(one(1, "mallory", fee * parts, 1));
          var split = new ArrayList<>(others);
          split.addAll(Collections.nCopies(parts, one(1, "mallory", fee, 1)));
          assertThat(Score.of(split).mean()).isCloseTo(Score.of(whole).mean(), within(NOTHING));
          assertThat(Score.of(split).weight()).isCloseTo(Score.of(whole).weight(), within(NOTHING));
        });
  }
}
