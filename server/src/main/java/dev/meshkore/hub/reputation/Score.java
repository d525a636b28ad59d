package dev.meshkore.hub.reputation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What ratings come to: a weighted mean, how sure it is, and what it rests on. It knows no clock
/// and no database; the same ratings in any order are the same score to the last bit.
///
/// A rating weighs `decay · fee / (FEE_HALF + fees)`. `decay` halves every 90 days. `fee` is what
/// the hub took of the job, and `fees` that of all jobs with the same party, each as much less as
/// it is older than the newest: so one party, however often it pays, weighs less than one, and
/// whoever splits a fee over many parties has no more than `Σ fee / FEE_HALF` in all. What was paid
/// besides the fee counts nothing. Ratings of 1 and 2 weigh double, as in Tier 1 of Nostr's kind
/// 30085.
///
/// Numbers are doubles: they decide nothing to the last digit, and are shown in thousandths.
///
/// @param mean from 1 to 5; what it says where [#isKnown] is false is worth nothing
/// @param lowerBound of the mean, by Wilson's interval at 95 percent over `weight` observations
/// @param weight how many parties that count in full the ratings are worth
/// @param ratings how many there are
/// @param parties of how many parties
record Score(double mean, double lowerBound, double weight, int ratings, int parties) {
  static final long HALF_LIFE_MS = 90 * 86_400_000L;

  /// The fee that alone gives a rating half of what it can weigh: of a job of 10 CREDIT at 3%.
  static final long FEE_HALF = 300_000;

  /// What ratings must weigh before they say anything. One party alone weighs less.
  static final double KNOWN_FROM = 1;

  /// Ratings of this and below weigh double.
  static final int BAD = 2;

  private static final double BAD_TIMES = 2;
  private static final double Z = 1.96;
  private static final int LEAST = 1;
  private static final int RANGE = 4;

  /// No rating.
  static final Score NONE = new Score(0, 0, 0, 0, 0);

  private static final Comparator<Evidence> ORDER =
      Comparator.comparing(Evidence::party)
          .thenComparingLong(Evidence::ageMs)
          .thenComparingLong(Evidence::fee)
          .thenComparingInt(Evidence::stars);

  /// A rating as a score sees it.
  ///
  /// @param stars from 1 to 5
  /// @param party who gave it: an owner, or an agent of nobody
  /// @param fee what the hub took of the job, in atoms
  /// @param ageMs since the job's end
  record Evidence(int stars, String party, long fee, long ageMs) {
    double decay() {
      return Score.decay(ageMs);
    }
  }

  /// A value and what it weighs.
  record Weighed(double value, double weight) {}

  /// Whether there is enough to say anything. What is not known is not 0.
  boolean isKnown() {
    return weight >= KNOWN_FROM;
  }

  /// What is left of a weight after some time.
  static double decay(long ageMs) {
    return Math.pow(2, -Math.max(0, ageMs) / (double) HALF_LIFE_MS);
  }

  /// `Σ value · weight / Σ weight`; empty where nothing weighs anything.
  static Optional<Double> mean(Collection<Weighed> values) {
    double sum = 0;
    double weights = 0;
    for (Weighed one : values) {
      sum += one.value() * one.weight();
      weights += one.weight();
    }
    return weights > 0 ? Optional.of(sum / weights) : Optional.empty();
  }

  /// The score of these ratings.
  static Score of(Collection<Evidence> evidence) {
    var byParty =
        evidence.stream()
            .sorted(ORDER)
            .collect(Collectors.groupingBy(Evidence::party, TreeMap::new, Collectors.toList()));
    double weight = 0;
    List<Weighed> all = new ArrayList<>();
    for (List<Evidence> ofOne : byParty.values()) {
      double newest = ofOne.stream().mapToDouble(Evidence::decay).max().orElse(0);
      if (newest == 0) {
        continue;
      }
      double fees = FEE_HALF;
      for (Evidence one : ofOne) {
        fees += one.fee() * (one.decay() / newest);
      }
      for (Evidence one : ofOne) {
        double share = one.decay() * one.fee() / fees;
        weight += share;
        all.add(new Weighed(one.stars(), one.stars() <= BAD ? BAD_TIMES * share : share));
      }
    }
    double mean = mean(all).orElse(0.0);
    double lower = mean == 0 ? 0 : lowerBound(mean, weight);
    return new Score(mean, lower, weight, evidence.size(), byParty.size());
  }

  /// Wilson's lower bound, with the stars spread over 0 to 1.
  private static double lowerBound(double mean, double weight) {
    double share = (mean - LEAST) / RANGE;
    double spread = Z * Z / weight;
    double middle = share + spread / 2;
    double width = Z * Math.sqrt(Math.max(0, share * (1 - share)) / weight + spread / (4 * weight));
    return LEAST + RANGE * Math.max(0, (middle - width) / (1 + spread));
  }
}
