package dev.meshkore.hub.testing;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.opentest4j.TestAbortedException;

/// Runs a test with many random numbers. What fails names its seed; `-Dseed=` runs that one alone,
/// and `-Dseeds=` as many others as it says.
public final class Seeds {
  private Seeds() {}

  /// Runs the test so many times, each time with another seed.
  public static void forAll(int times, Consumer<SplittableRandom> test) {
    Long repeated = Long.getLong("seed");
    if (repeated != null) {
      run(repeated, test);
      return;
    }
    var seeds = new SplittableRandom();
    int count = Integer.getInteger("seeds", times);
    for (int i = 0; i < count; i++) {
      run(seeds.nextLong(), test);
    }
  }

  private static void run(long seed, Consumer<SplittableRandom> test) {
    try {
      test.accept(new SplittableRandom(seed));
    } catch (TestAbortedException skipped) {
      // What a test needs is not here, whatever the seed.
      throw skipped;
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(
          "Seed " + seed + " fails; repeat it with -Dseed=" + seed + ": " + failure.getMessage(),
          failure);
    }
  }
}
