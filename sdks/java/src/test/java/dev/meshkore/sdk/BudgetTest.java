package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class BudgetTest {
  @Test
  void isNeverOverItsLimitWhoeverTakes() throws Exception {
    Allowance allowance = Allowance.of(Seller.NETWORK, Seller.DOLLAR, 1, 20_000);
    Budget budget = Budget.of(allowance);
    PaymentOffer offer = PaymentOffer.read(2, Seller.way("1"));
    int threads = 8;
    var start = new CountDownLatch(threads);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var takers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < threads; i++) {
        takers.add(
            pool.submit(() -> {
              start.countDown();
              start.await();
              int taken = 0;
              for (int k = 0; k < 5_000; k++) {
                taken += budget.take(List.of(offer), new ArrayList<>()).isPresent() ? 1 : 0;
              }
              return taken;
            }));
      }
      int taken = 0;
      for (Future<Integer> taker : takers) {
        taken += taker.get();
      }
      assertThat(taken).isEqualTo(20_000);
      assertThat(budget.signed(allowance)).isEqualTo(20_000);
    }
  }

  @Test
  void anAllowanceIsReadAsStrictlyAsAnOffer() {
    for (String network : List.of("base", "eip155:0", "eip155:", "eip155:1 ", "solana:1")) {
      assertThatThrownBy(() -> Allowance.of(network, Seller.DOLLAR, 1, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Allowance.of(Seller.NETWORK, "0x12", 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Allowance.of(Seller.NETWORK, Seller.DOLLAR, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    Allowance one = Allowance.of(Seller.NETWORK, Seller.DOLLAR, 1, 1);
    assertThatThrownBy(() -> Budget.of(one, one.through(Seller.GATEWAY)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
