package dev.meshkore.hub.faults;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hubs are killed again and again while agents of one owner pay under its mandates, from many
/// threads, and repeat whatever had no answer; on PostgreSQL two hubs share a database. What was
/// answered is there once, no atom is over any limit, whether of a payment, a counterparty, a
/// window, a lifetime or of a mandate that was handed on, no other asset opens a limit of its own,
/// and the books come out even. `-Dpayments.rounds` says how often, or `-Dpayments.minutes` how
/// long on each database.
@Tag("faults")
final class PaymentsCrashTest {
  private static final int ROUNDS = Integer.getInteger("payments.rounds", 3);
  private static final Duration TIME =
      Duration.ofMinutes(Integer.getInteger("payments.minutes", 0));

  @TempDir private Path folder;

  @Test
  void nothingIsPaidTwiceOrOverTheLimit() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      String name = url.dialect().name();
      Path data = folder.resolve(name);
      boolean isShared = url.dialect().isShared();
      DatabaseUrl database = isShared ? url : new DatabaseUrl.SqliteFile(data.resolve("hub.db"));
      try (var first = new HubProcess(data, folder.resolve(name + ".log"));
          var second = new HubProcess(folder.resolve("second"), folder.resolve("second.log"));
          HttpClient http = HttpClient.newHttpClient()) {
        List<HubProcess> hubs = isShared ? List.of(first, second) : List.of(first);
        for (HubProcess hub : hubs) {
          hub.on(url).with("MESHKORE_PUBLIC_URL", first.uri("").toString()).start();
        }
        String admin = Files.readString(data.resolve("admin.key")).strip();
        new Storm(database, new PaymentPlace(hubs, http, admin)).run();
      }
    }
  }

  private static final class Storm {
    private final DatabaseUrl database;
    private final PaymentPlace place;
    private final PaymentPayers payers;
    private final List<PaymentPlace.Outfit> outfits = new ArrayList<>();
    private final long seed = Long.getLong("crash.seed", new SplittableRandom().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);
    private int kills;

    Storm(DatabaseUrl database, PaymentPlace place) {
      this.database = database;
      this.place = place;
      this.payers = new PaymentPayers(place);
    }

    void run() throws Exception {
      long end = System.nanoTime() + TIME.toNanos();
      boolean isMore = true;
      for (int round = 0; isMore; round++) {
        outfits.add(place.outfit(random));
        payers.spendOf(outfits.getLast());
        if (round == 0) {
          payers.start(random.split());
        }
        kill();
        reconcile(outfits.subList(Math.max(0, outfits.size() - 3), outfits.size()));
        isMore = TIME.isZero() ? round + 1 < ROUNDS : System.nanoTime() < end;
      }
      payers.end();
      finish();
      System.out.printf(
          "%s: %d payments, %d ends, %d kills, 0 atoms over%n",
          database.dialect(), payers.paid.size(), payers.ended.size(), kills);
    }

    /// One of the hubs, or all.
    private void kill() throws Exception {
      var _ = payers.over.await(200 + random.nextInt(900), TimeUnit.MILLISECONDS);
      List<HubProcess> killed = new ArrayList<>(place.hubs);
      while (killed.size() > 1 && random.nextInt(4) > 0) {
        killed.remove(random.nextInt(killed.size()));
      }
      for (HubProcess hub : killed) {
        hub.kill();
        kills++;
      }
      for (HubProcess hub : killed) {
        hub.start();
      }
    }

    /// What was answered before is in the books, once, and no limit has more than it may.
    private PaymentBooks reconcile(List<PaymentPlace.Outfit> some) throws Exception {
      Map<String, PaymentPayers.Paid> paid = Map.copyOf(payers.paid);
      Map<Long, PaymentPayers.Ended> ended = Map.copyOf(payers.ended);
      PaymentBooks books = PaymentBooks.read(database);
      var wishes =
          books.rows().stream()
              .filter(PaymentBooks.Row::isWish)
              .collect(toMap(row -> row.from() + "/" + row.id(), row -> row));
      paid.forEach((id, one) -> {
        PaymentBooks.Row row = wishes.get(id);
        boolean isThere = row != null && row.number() == one.number() && row.atoms() == one.atoms();
        assertThat(isThere).as("seed %s: %s is %s", seed, one, row).isTrue();
      });
      var ends =
          books.rows().stream()
              .filter(row -> !row.isWish())
              .collect(toMap(PaymentBooks.Row::pending, row -> row));
      ended.forEach((number, one) -> {
        PaymentBooks.Row row = ends.get(number);
        boolean isThere =
            row != null && row.kind().equals(one.kind()) && row.atoms() == one.atoms();
        assertThat(isThere).as("seed %s: the end of %s is %s", seed, number, row).isTrue();
      });
      for (PaymentPlace.Outfit outfit : some) {
        for (Purse purse : outfit.purses()) {
          assertThat(books.over(purse)).as("seed %s: atoms over %s", seed, purse).isZero();
        }
      }
      place.checkBooks();
      AssertionError wrong = payers.wrong.get();
      if (wrong != null) {
        throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
      }
      return books;
    }

    /// Everybody has an answer now: nothing else was paid, and what is left is what was not paid.
    private void finish() throws Exception {
      PaymentBooks books = reconcile(outfits);
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (books.rows().stream()
          .anyMatch(
              row -> row.isOpen() && row.expiresAtMs() < System.currentTimeMillis() + 5_000)) {
        assertThat(System.nanoTime()).as("what is held ends").isLessThan(deadline);
        Thread.onSpinWait();
        books = PaymentBooks.read(database);
      }
      assertThat(books.rows().stream().filter(PaymentBooks.Row::isWish))
          .hasSize(payers.paid.size());
      for (PaymentPlace.Outfit outfit : outfits) {
        for (Purse purse : outfit.purses()) {
          long left = purse.limit().lifetime() - books.used(purse);
          assertThat(place.left(purse)).as("seed %s: left of %s", seed, purse).isEqualTo(left);
        }
      }
      Purse last = outfits.getLast().lifetime();
      long left = place.left(last);
      pay(429, last, "over", left + 1);
      if (left > 0) {
        pay(201, last, "last", left);
      }
      pay(429, last, "more", 1);
      place.checkBooks();
    }

    private void pay(int status, Purse purse, String id, long atoms) {
      String body = "{\"id\":\"%s\",\"to\":\"bob\",\"atoms\":%d}".formatted(id, atoms);
      place.must(status, "POST", "/wallet/transfers", purse.payers().getFirst().key(), body);
    }
  }
}
