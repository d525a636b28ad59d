package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Random jobs on a chain, many at once, against a second set of books: whatever becomes of them,
/// what is paid, the fees, and what went back add up, and nothing is left in escrow. `-Dseeds=`
/// plays more.
final class JobsOnChainModelTest {
  private static final int JOBS = 12;

  @Test
  void moneyOfJobsAddsUp() {
    Seeds.forAll(1, random -> Pier.onOne(Map.of(), pier -> play(pier, random)));
  }

  private static void play(Pier pier, SplittableRandom random) {
    var all = new ArrayList<History>();
    for (int i = 0; i < JOBS; i++) {
      all.add(new History(pier, random.split()));
    }
    for (History one : all) {
      one.fund();
    }
    for (History one : all) {
      one.work();
    }
    long paid = 0;
    long fees = 0;
    for (History one : all) {
      one.check();
      paid += one.paid;
      fees += one.fees;
    }
    pier.check(paid, fees);
    assertThat(pier.escrowed()).as("nothing is left in escrow").isZero();
  }

  /// One job.
  private static final class History {
    private final Pier pier;
    private final SplittableRandom random;
    private final List<Long> milestones = new ArrayList<>();
    private final String id;
    private long paid;
    private long fees;
    private boolean isRejected;

    History(Pier pier, SplittableRandom random) {
      this.pier = pier;
      this.random = random;
      var parts = new StringBuilder();
      long price = 0;
      for (int i = 0; i <= random.nextInt(3); i++) {
        long atoms = random.nextLong(1_000, 100_000);
        milestones.add(atoms);
        price += atoms;
        parts.append(i > 0 ? "," : "").append("{\"name\":\"part\",\"atoms\":" + atoms + "}");
      }
      this.id = pier.open(Long.toString(price), ",\"milestones\":[" + parts + "]");
    }

    void fund() {
      Site.step(pier.bob, 201, id, "accept", "");
      ObjectNode payment = pier.payment(id);
      pier.fund(201, id, payment);
      if (random.nextInt(5) == 0) {
        isRejected = true;
        Site.step(random.nextBoolean() ? pier.alice : pier.bob, 201, id, "reject", "");
      }
    }

    void work() {
      if (isRejected) {
        return;
      }
      pier.await(id, job -> job.get("state").stringValue().equals("funded"));
      for (int i = 0; i < milestones.size(); i++) {
        if (random.nextInt(6) == 0) {
          Site.step(pier.bob, 201, id, "reject", "");
          return;
        }
        Site.submit(pier.bob, id);
        if (random.nextInt(4) == 0) {
          disputed(i);
          return;
        }
        Site.step(pier.alice, 201, id, "complete", "");
        pays(milestones.get(i));
      }
    }

    private void disputed(int at) {
      Site.step(pier.bob, 201, id, "dispute", ",\"note\":\"Late\"");
      long held = milestones.subList(at, milestones.size()).stream().mapToLong(one -> one).sum();
      switch (random.nextInt(3)) {
        case 0 -> Site.step(pier.bob, 201, id, "reject", "");
        case 1 -> {
          long share = random.nextBoolean() ? held : random.nextLong(100, held);
          Site.step(pier.admin, 201, id, "resolve", ",\"atoms\":" + share);
          pays(share);
        }
        default -> Site.step(pier.admin, 201, id, "resolve", ",\"atoms\":0");
      }
    }

    private void pays(long atoms) {
      paid += atoms;
      fees += atoms * 350 / 10_000;
    }

    void check() {
      // A void may be ordered only when the money has come in, too late.
      long price = milestones.stream().mapToLong(one -> one).sum();
      JsonNode job =
          pier.await(
              id,
              one -> {
                long decided = 0;
                for (JsonNode part : one.get("on_chain")) {
                  boolean isOut = !part.get("what").stringValue().equals("authorize");
                  boolean isDone = part.get("state").stringValue().equals("done");
                  decided += isOut && isDone ? part.get("atoms").longValue() : 0;
                }
                return decided == price;
              });
      assertThat(job.at("/released/atoms").longValue()).isEqualTo(paid);
      if (!isRejected) {
        assertThat(job.at("/refunded/atoms").longValue()).isEqualTo(price - paid);
        assertThat(job.at("/fees/received/atoms").longValue()).isEqualTo(paid - fees);
      }
    }
  }
}
