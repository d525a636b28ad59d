package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// How many transfers a second go through the write path, each with its leaf and durable before its
/// caller goes on, with 256 callers that each wait for theirs: `-Dledger.speed=10` (seconds a run)
/// `-DexcludedGroups= -Dtest=LedgerSpeedTest`. The audit log follows as in a hub.
@Tag("faults")
@EnabledIfSystemProperty(named = "ledger.speed", matches = "[0-9]+")
final class LedgerSpeedTest {
  private static final long SECONDS = Long.getLong("ledger.speed", 10);
  private static final int CALLERS = 256;
  private static final int RUNS = 5;
  private static final Account.Name ISSUED = Account.Name.issuedBy("admin");

  private final InstantSource clock = InstantSource.system();

  /// How a caller has an order moved, and waits until that is durable.
  private interface Way {
    Outcome move(Order order);
  }

  /// An order that somebody waits for.
  private record Wanted(Order order, CompletableFuture<Outcome> answer) {}

  /// Moves what waits together, as payments are.
  private record Together(Ledger ledger) implements Lane.Work<Wanted> {
    @Override
    public Runnable write(Transaction transaction, List<Wanted> items) throws SQLException {
      Sheet sheet = ledger.open(transaction, items.stream().map(Wanted::order).toList());
      var outcomes = new ArrayList<Outcome>();
      for (Wanted one : items) {
        outcomes.add(
            switch (sheet.plan(List.of(one.order()))) {
              case Sheet.Settled settled -> settled.outcome();
              case Sheet.Ready ready -> sheet.move(ready);
            });
      }
      sheet.close();
      return () -> {
        for (int i = 0; i < items.size(); i++) {
          items.get(i).answer().complete(outcomes.get(i));
        }
      };
    }

    @Override
    public void failed(Wanted item, RuntimeException cause) {
      item.answer().completeExceptionally(cause);
    }
  }

  @Test
  void eachByItself(@TempDir Path folder) throws Exception {
    measure(
        folder,
        (database, ledger) ->
            order -> database.write(transaction -> ledger.move(transaction, List.of(order))));
  }

  @Test
  void thoseThatWaitTogether(@TempDir Path folder) throws Exception {
    measure(
        folder,
        (database, ledger) -> {
          Lane<Wanted> lane = database.lane(new Together(ledger));
          return order -> {
            var wanted = new Wanted(order, new CompletableFuture<>());
            lane.offer(wanted, 0);
            return Database.await(wanted.answer());
          };
        });
  }

  private void measure(Path folder, BiFunction<Database, Ledger, Way> ways) throws Exception {
    var url = new DatabaseUrl.SqliteFile(folder.resolve("hub.db"));
    try (Database database = Database.open(url, System::nanoTime, () -> {})) {
      var audit = new Audit(clock, new SecureRandom());
      var ledger = new Ledger(audit, clock);
      try (var log = new AuditLog(database, row -> List.of(), "", clock, new SecureRandom())) {
        log.start(audit);
        Way way = ways.apply(database, ledger);
        for (int i = 1; i <= CALLERS; i++) {
          move(way, order("in-" + i, ISSUED, Account.Name.ofAgent(i), 1L << 40));
        }
        say("fsync of 4 KiB: %s".formatted(fsync(folder)));
        var rates = new ArrayList<Long>();
        for (int run = 0; run <= RUNS; run++) {
          long rate = run(way, run);
          if (run > 0) {
            rates.add(rate);
          }
        }
        rates.sort(null);
        say("the middle of %d runs: %,d transfers a second".formatted(RUNS, rates.get(RUNS / 2)));
        assertThat(database.read(ledger::differences)).isEmpty();
      }
    }
  }

  private static long run(Way way, int run) throws Exception {
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    var callers = new ArrayList<Callable<long[]>>();
    for (int i = 1; i <= CALLERS; i++) {
      int own = i;
      callers.add(() -> call(way, run + "-" + own, own, end));
    }
    var times = new ArrayList<long[]>();
    long begin = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<long[]> one : threads.invokeAll(callers)) {
        times.add(one.get());
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    long rate = Math.round(all.length / seconds);
    say(
        "%s: %,d transfers a second, p50 %.1f ms, p99 %.1f ms, most %.1f ms"
            .formatted(
                run == 0 ? "warm-up" : "run " + run,
                rate,
                all[all.length / 2] / 1e6,
                all[(int) (all.length * 99L / 100)] / 1e6,
                all[all.length - 1] / 1e6));
    return rate;
  }

  /// Pays others until the time is over, and answers how long each payment took.
  private static long[] call(Way way, String ids, int own, long end) {
    var random = new SplittableRandom(own);
    var times = new long[1_024];
    int count = 0;
    for (long now = System.nanoTime(); now < end; count++) {
      int other = 1 + (own + random.nextInt(CALLERS - 1)) % CALLERS;
      Account.Name from = Account.Name.ofAgent(own);
      move(way, order(ids + "-" + count, from, Account.Name.ofAgent(other), 1));
      long after = System.nanoTime();
      times = count < times.length ? times : Arrays.copyOf(times, 2 * count);
      times[count] = after - now;
      now = after;
    }
    return Arrays.copyOf(times, count);
  }

  private static Order order(String id, Account.Name from, Account.Name to, long atoms) {
    var amount = new Money(Asset.CREDIT, atoms);
    return new Order(id, "a", "b", from, to, amount, Transfer.PAYMENT, "", 0, OptionalLong.empty());
  }

  private static void move(Way way, Order order) {
    assertThat(way.move(order)).isInstanceOf(Outcome.Done.class);
  }

  private static String fsync(Path folder) throws IOException {
    var times = new long[200];
    try (var file =
        FileChannel.open(
            folder.resolve("probe"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < times.length; i++) {
        file.write(ByteBuffer.allocate(4_096), 0);
        long begin = System.nanoTime();
        file.force(false);
        times[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(times);
    return "%.2f ms at the median, %.2f at p99"
        .formatted(times[times.length / 2] / 1e6, times[times.length * 99 / 100] / 1e6);
  }

  private static void say(String line) {
    System.err.println("ledger: " + line);
  }
}
