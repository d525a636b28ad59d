package dev.meshkore.hub.faults;

import java.util.List;
import java.util.SplittableRandom;

/// What a mandate lets its agents spend, of themselves or, where it was handed on, together.
///
/// @param mandate its id
/// @param payers the agents whose payments count, its holder first
/// @param limit how much
record Purse(String mandate, List<Payer> payers, Limit limit) {
  /// An agent that pays.
  ///
  /// @param id its name
  /// @param key its credential
  record Payer(String id, String key) {}

  /// Limits in atoms, all of which hold at once.
  ///
  /// @param lifetime in all
  /// @param perPayment in one payment
  /// @param perCounterparty to one agent
  /// @param rolling in any minute
  /// @param hourly in each hour of the calendar
  record Limit(long lifetime, long perPayment, long perCounterparty, long rolling, long hourly) {
    /// One that does not matter, for limits of which there are fewer.
    static final long NONE = 1_000_000_000;

    static Limit of(SplittableRandom random, long most) {
      long lifetime = random.nextLong(most / 4, most);
      return new Limit(
          lifetime,
          random.nextLong(15, 40),
          random.nextLong(lifetime / 4, lifetime),
          random.nextLong(lifetime / 3, lifetime + 1),
          random.nextLong(lifetime / 2, lifetime + 1));
    }

    /// One that is in nothing wider.
    Limit within(SplittableRandom random) {
      long part = random.nextLong(2, 5);
      return new Limit(
          lifetime / part,
          perPayment - random.nextLong(10),
          perCounterparty / part,
          rolling / part,
          hourly / part);
    }

    String json() {
      return """
      [{"asset":"CREDIT","amount":%d,"per_payment":%d,"per_counterparty":%d,
        "windows":[{"seconds":60,"amount":%d},{"calendar":"hour","amount":%d}]}]
      """
          .formatted(lifetime, perPayment, perCounterparty, rolling, hourly);
    }
  }
}
