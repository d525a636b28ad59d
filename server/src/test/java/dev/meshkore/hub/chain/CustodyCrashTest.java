package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The hub ends at each call of its node after something was ordered of money in escrow, before the
/// node hears of it and after the node has done it; then it starts again. Each is done just once.
final class CustodyCrashTest {
  private static final GasKey PAYER = ChainWorld.key(1);
  private static final int BLOCKS = 4;
  private static final long WHOLE = 100_000;
  private static final long PART = 300;
  private static final int LONG = 30 * 86_400;

  @TempDir private Path folder;

  /// Orders something for the step of a number.
  private interface Ordering {
    void at(int step);
  }

  /// What it must have come to after so many.
  private interface Sums {
    void after(int steps);
  }

  private record Play(Ordering ordering, Sums sums) {}

  private interface Plays {
    Play on(CustodyWorld it);
  }

  private void atEachCall(Plays plays) {
    for (Fault fault : new Fault[] {Fault.UNHEARD, Fault.UNANSWERED}) {
      Path own = folder.resolve(fault.name());
      assertThat(own.toFile().mkdirs()).isTrue();
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, TestDatabase.each(own).findFirst().orElseThrow())) {
        chain.mint(PAYER.address(), 100 * WHOLE);
        var it = new CustodyWorld(world);
        Play play = plays.on(it);
        int step = 0;
        boolean isEnded = true;
        while (isEnded) {
          int number = step;
          isEnded = endAt(it, number, fault, _ -> play.ordering().at(number));
          step++;
          assertThat(it.told()).as("step %s", number).allMatch(told -> told.endsWith(" done"));
          play.sums().after(step);
        }
        assertThat(step).as("steps of %s", fault).isGreaterThan(10);
      }
    }
  }

  /// True where the hub ended at that call of its node.
  private static boolean endAt(
      CustodyWorld it, int number, Fault fault, Consumer<CustodyWorld> ordering) {
    ordering.accept(it);
    var calls = new AtomicInteger();
    it.world()
        .node
        .fail(_ -> {
          int call = calls.getAndIncrement();
          if (call == number) {
            return fault;
          }
          return call < number ? Fault.NONE : Fault.UNHEARD;
        });
    it.world().go(BLOCKS);
    boolean isEnded = calls.get() > number;
    it.world().restart();
    it.finish();
    return isEnded;
  }

  @Test
  void moneyComesInOnce() {
    atEachCall(it -> {
      Custody.Deal deal = it.deal(PAYER, PART, LONG);
      return new Play(
          step -> it.order(deal, it.signed(PAYER, deal, step, 3_000)),
          steps -> assertThat(it.world().anvil.balance(Anvil.JOB_ESCROW)).isEqualTo(steps * PART));
    });
  }

  @Test
  void receiversArePaidOnce() {
    atEachCall(it -> {
      Custody.Deal deal = it.deal(PAYER, WHOLE, LONG);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 3_000));
      it.finish();
      return new Play(
          _ -> it.capture(payment, PART),
          steps -> {
            assertThat(it.inEscrow(payment, 2)).isEqualTo(steps * PART);
            assertThat(it.world().anvil.balance(CustodyWorld.FEES)).isEqualTo(steps * 10L);
          });
    });
  }

  @Test
  void whatIsLeftGoesBackOnce() {
    atEachCall(it -> {
      Custody.Deal deal = it.deal(PAYER, WHOLE, LONG);
      long before = it.world().anvil.balance(PAYER.address());
      return new Play(
          step -> {
            String payment = it.order(deal, it.signed(PAYER, deal, step, 3_000));
            it.finish();
            it.cancel(payment);
          },
          _ -> assertThat(it.world().anvil.balance(PAYER.address())).isEqualTo(before));
    });
  }
}
