package dev.meshkore.hub.x402;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Random histories of payments, holds, closings that are torn in the middle, hubs that close at
/// once, and restarts, against a model of who has paid whom. Whatever has moved its money is in
/// exactly one batch in the end, and every batch says what its payments come to.
/// `-Dbatches.histories` says how many there are.
final class BatchesModelTest {
  private static final int HISTORIES = Integer.getInteger("batches.histories", 12);
  private static final int STEPS = 60;
  private static final int AGENTS = 4;

  @TempDir private Path folder;

  @Test
  void everyPaymentIsInOneBatch() {
    Seeds.forAll(
        HISTORIES,
        random -> TestDatabase.each(folder).forEach(url -> new History(random.split(), url).run()));
  }

  private static final class History {
    final SplittableRandom random;
    final DatabaseUrl url;
    final AtomicLong now = new AtomicLong(1_000_000_000);
    final List<Caller.OfAgent> agents = new ArrayList<>();
    final List<Transfer> held = new ArrayList<>();
    final Map<Long, Long> moved = new TreeMap<>();
    final Map<Long, Transfer> transfers = new HashMap<>();
    BatchYard yard;
    int nonces;

    History(SplittableRandom random, DatabaseUrl url) {
      this.random = random;
      this.url = url;
      this.yard = new BatchYard(url, now);
    }

    void run() {
      try {
        for (int i = 0; i < AGENTS; i++) {
          agents.add(yard.agent("agent-" + i));
          yard.deposit(agents.getLast(), 1_000_000_000);
        }
        for (int i = 0; i < STEPS; i++) {
          step();
        }
        settle();
        check();
      } finally {
        yard.close();
      }
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> pay(0);
        case 4, 5 -> pay(60);
        case 6, 7 -> end();
        case 8 -> now.addAndGet(random.nextInt(-4_000, 20_000));
        case 9 -> tick(yard);
        case 10 -> torn();
        default -> {
          if (random.nextBoolean()) {
            restart();
          } else {
            together();
          }
        }
      }
    }

    void pay(long hold) {
      int from = random.nextInt(AGENTS);
      int to = (from + random.nextInt(1, AGENTS)) % AGENTS;
      long atoms = random.nextInt(1, 50);
      String nonce = "0x%064x".formatted(nonces++);
      Transfer transfer = yard.pay(agents.get(from), agents.get(to), atoms, nonce, hold);
      transfers.put(transfer.number(), transfer);
      if (hold == 0) {
        moved.put(transfer.number(), atoms);
      } else {
        held.add(transfer);
      }
    }

    void end() {
      if (held.isEmpty()) {
        return;
      }
      Transfer one = held.remove(random.nextInt(held.size()));
      boolean isLate = now.get() >= one.expiresAtMs();
      if (isLate || random.nextInt(3) == 0) {
        yard.database.write(transaction ->
            isLate
                ? yard.ledger.expire(transaction, one, "x")
                : yard.ledger.release(transaction, one, "x", "y"));
      } else {
        long atoms = random.nextLong(1, one.amount().atoms() + 1);
        yard.database.write(transaction -> yard.ledger.post(transaction, one, atoms, "x", "y"));
        moved.put(one.number(), atoms);
      }
    }

    /// Fails somewhere within, or not at all.
    void torn() {
      now.addAndGet(11_000);
      yard.left.set(random.nextInt(4));
      try {
        tick(yard);
      } catch (BatchYard.Torn _) {
        // What was begun is undone.
      } finally {
        yard.left.set(-1);
      }
    }

    void restart() {
      yard.close();
      yard = new BatchYard(url, now);
    }

    /// Two hubs on one database; on SQLite there is one.
    void together() {
      if (!yard.database.dialect().isShared()) {
        return;
      }
      now.addAndGet(11_000);
      try (BatchYard other = new BatchYard(url, now)) {
        Thread thread = Thread.ofVirtual().start(() -> tick(other));
        tick(yard);
        thread.join();
      } catch (InterruptedException failure) {
        throw new AssertionError(failure);
      }
    }

    private static void tick(BatchYard yard) {
      yard.batches.tick();
    }

    void settle() {
      while (!held.isEmpty()) {
        end();
      }
      now.addAndGet(11_000);
      tick(yard);
      now.addAndGet(11_000);
      tick(yard);
    }

    void check() {
      var found = new TreeMap<Long, Long>();
      String before = "";
      long count = yard.database.read(SqlBatches::last).map(Batch::number).orElse(0L);
      for (long number = 1; number <= count; number++) {
        long one = number;
        Batch batch = yard.database.read(reader -> SqlBatches.find(reader, one)).orElseThrow();
        assertThat(batch.said().get("previous").stringValue()).isEqualTo(before);
        before = batch.hash();
        check(batch, found);
      }
      assertThat(found).isEqualTo(moved);
      assertThat(yard.database.read(yard.ledger::differences)).isEmpty();
      assertThat(yard.database.<Long>read(reader -> SqlBatches.waiting(reader, 1_000))).isZero();
    }

    private void check(Batch batch, Map<Long, Long> found) {
      List<SqlX402.Row> rows =
          yard.database.read(reader ->
              reader.list(
                  "SELECT transfer, payer, pay_to, nonce, batch FROM x402_payment WHERE batch = ?"
                      + " ORDER BY transfer",
                  SqlX402::row,
                  batch.number()));
      JsonNode said = batch.said();
      List<SumTree.Node> leaves = batch.leaves();
      assertThat(rows).hasSize(leaves.size()).hasSize(said.get("count").intValue());
      long sum = 0;
      var payments = new ArrayList<BatchedPayment>();
      for (int i = 0; i < rows.size(); i++) {
        long number = rows.get(i).transfer();
        assertThat(found.put(number, leaves.get(i).sum())).as("t%s is in one", number).isNull();
        var payment =
            new BatchedPayment(
                rows.get(i),
                Objects.requireNonNull(transfers.get(number)),
                Objects.requireNonNull(moved.get(number)));
        assertThat(payment.node(i).hash()).isEqualTo(leaves.get(i).hash());
        payments.add(payment);
        sum += leaves.get(i).sum();
      }
      SumTree.Node root = SumTree.root(leaves);
      assertThat(root.sum()).isEqualTo(sum);
      assertThat(said.get("sum_atoms").stringValue()).isEqualTo(Long.toString(sum));
      assertThat(said.get("root").stringValue()).isEqualTo(Batches.hex(root.hash()));
      assertThat(batch.act()).isPositive();
      byte[] nets = batch.nets().getBytes(StandardCharsets.UTF_8);
      assertThat(said.get("nets").stringValue()).isEqualTo(Canonical.hash(nets));
      checkNets(batch, payments);
    }

    /// What each has by the pairs is what it has by itself, and nothing is left over.
    private void checkNets(Batch batch, List<BatchedPayment> payments) {
      JsonNode nets = dev.meshkore.hub.http.Json.own(batch.nets().getBytes(StandardCharsets.UTF_8));
      var own = new HashMap<String, Long>();
      for (BatchedPayment payment : payments) {
        own.merge(yard.agents.idOf(payment.payer()), -payment.atoms(), Long::sum);
        own.merge(yard.agents.idOf(payment.payee()), payment.atoms(), Long::sum);
      }
      var paired = new HashMap<String, Long>();
      own.keySet().forEach(agent -> paired.put(agent, 0L));
      for (JsonNode pair : nets.get("pairs")) {
        long atoms = Long.parseLong(pair.get("atoms").stringValue());
        assertThat(atoms).isPositive();
        paired.merge(pair.get("from").stringValue(), -atoms, Long::sum);
        paired.merge(pair.get("to").stringValue(), atoms, Long::sum);
      }
      assertThat(paired).isEqualTo(own);
      var said = new HashMap<String, Long>();
      for (JsonNode agent : nets.get("agents")) {
        said.put(
            agent.get("agent_id").stringValue(),
            Long.parseLong(agent.get("received_atoms").stringValue())
                - Long.parseLong(agent.get("paid_atoms").stringValue()));
      }
      assertThat(said).isEqualTo(own);
    }
  }
}
