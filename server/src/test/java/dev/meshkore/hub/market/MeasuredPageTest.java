package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.market.Measured.Promised;
import dev.meshkore.hub.market.SqlMeasured.End;
import dev.meshkore.hub.store.Counted;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is measured of a whole page of services.
final class MeasuredPageTest {
  private static final long NOW = 40 * Duration.ofDays(1).toMillis();
  private static final long WINDOW_MS = Duration.ofMinutes(5).toMillis();
  private static final long BUYER = 900;
  private static final int SELLERS = 5;
  private static final int SERVICES = 17;

  @TempDir Path folder;

  @Test
  void isWhatIsMeasuredOfEach() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (Database database = Database.open(url, () -> 0, () -> {})) {
            Seeds.forAll(3, random -> compare(database, filled(database, random)));
          }
        });
  }

  private static void compare(Database database, List<Promised> page) {
    Map<Long, Measured> all = database.read(reader -> Measured.of(reader, page, NOW));
    assertThat(all).hasSize(page.size());
    assertThat(database.<Map<Long, Measured>>read(reader -> Measured.of(reader, List.of(), NOW)))
        .isEmpty();
    for (Promised one : page) {
      Measured single = database.read(reader -> Measured.of(reader, one, NOW));
      assertThat(all).containsEntry(one.service().number(), single);
      Measured naive = database.read(reader -> naive(reader, one));
      assertThat(single).isEqualTo(naive);
    }
  }

  /// The same by a question of its own for each fact.
  private static Measured naive(Transaction reader, Promised one) throws SQLException {
    Listing service = one.service();
    List<Long> waits =
        reader
            .list(
                """
                SELECT waited_ms FROM market_move WHERE sender = ? AND sequence > 0
                  AND negotiation IN (SELECT number FROM market_negotiation
                    WHERE seller = ? AND opener <> seller AND is_own = 0)
                ORDER BY made_at DESC
                """,
                row -> row.getLong(1),
                service.seller(),
                service.seller())
            .stream()
            .limit(50)
            .sorted()
            .toList();
    List<SqlMeasured.Seen> calls =
        reader.list(
            """
            SELECT buyer, ended, waited_ms, made_at, expires_at FROM market_call
            WHERE service_id = ? AND made_at >= ? ORDER BY call DESC
            """,
            row ->
                new SqlMeasured.Seen(
                    row.getString(1),
                    End.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)),
            service.id(),
            NOW - Duration.ofDays(30).toMillis());
    long firstListed =
        reader.number(
            "SELECT MIN(listed_at) FROM market_service WHERE seller = ?", -1, service.seller());
    Map<Long, Long> alone = Map.of(service.seller(), firstListed);
    return new Measured(
        waits.size(),
        waits.isEmpty() ? 0 : waits.get(waits.size() / 2),
        deals(reader, service, "agreed_at IS NOT NULL"),
        deals(reader, service, "state = 'delivered'"),
        deals(reader, service, "state = 'delivered' AND closed_at <= expires_at"),
        deals(reader, service, "state = 'failed'"),
        CallAnswers.of(calls, one.promisedMs(), NOW),
        one.promisedMs(),
        Attendance.since(reader, alone, NOW).getOrDefault(service.seller(), Attendance.Share.NONE));
  }

  private static long deals(Transaction reader, Listing service, String condition)
      throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM market_negotiation WHERE is_own = 0 AND service = ? AND " + condition,
        -1,
        service.number());
  }

  @Test
  void asksNoMoreOfTheDatabaseTheLongerThePageIs() {
    TestDatabase.each(folder).forEach(MeasuredPageTest::count);
  }

  private static void count(DatabaseUrl url) {
    try (Database database = Database.open(url, () -> 0, () -> {})) {
      List<Promised> page = filled(database, new SplittableRandom(3));
      int all = Counted.statements(url, reader -> Measured.of(reader, page, NOW));
      int one = Counted.statements(url, reader -> Measured.of(reader, page.getFirst(), NOW));
      assertThat(all).isEqualTo(one).isBetween(1, 5);
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  /// A market of which much was seen.
  private static List<Promised> filled(Database database, SplittableRandom random) {
    return database.write(transaction -> {
      for (String table : List.of("service", "negotiation", "move", "call", "online")) {
        transaction.update("DELETE FROM market_" + table);
      }
      for (int i = 0; i < SERVICES; i++) {
        long listedAt = NOW - random.nextLong(40 * Duration.ofDays(1).toMillis());
        SqlServices.insert(
            transaction, Stall.listing("svc_" + i, 1 + random.nextInt(SELLERS), listedAt));
      }
      var services = new ArrayList<Listing>();
      for (int i = 0; i < SERVICES; i++) {
        services.add(SqlServices.find(transaction, "svc_" + i).orElseThrow());
      }
      for (long i = 0; i < 900; i++) {
        // The first of them has none.
        Listing service = services.get(1 + random.nextInt(SERVICES - 1));
        call(transaction, random, service, i);
        deal(transaction, random, service, i);
        SqlMeasured.look(
            transaction,
            random.nextBoolean() ? List.of(0L, service.seller()) : List.of(0L),
            NOW / WINDOW_MS / 64 - random.nextInt(150),
            1L << random.nextInt(64));
      }
      return services.stream().map(Promised::of).toList();
    });
  }

  private static void call(
      Transaction transaction, SplittableRandom random, Listing service, long number)
      throws SQLException {
    long madeAt = NOW - random.nextLong(35 * Duration.ofDays(1).toMillis());
    String buyer = "owner:" + random.nextInt(30);
    SqlMeasured.insertCall(
        transaction,
        new CallSeen(number, service.id(), service.seller(), BUYER, madeAt, madeAt + 900_000),
        buyer,
        CallAnswers.OF_ONE_BUYER);
    if (random.nextInt(4) > 0) {
      End end = Stream.of(End.ANSWERED, End.DECLINED).toList().get(random.nextInt(2));
      SqlMeasured.end(transaction, number, end, madeAt + random.nextInt(-100, 2_000));
    }
  }

  private static void deal(
      Transaction transaction, SplittableRandom random, Listing service, long number)
      throws SQLException {
    String state = List.of("open", "agreed", "delivered", "failed").get(random.nextInt(4));
    boolean isOpenedBySeller = random.nextInt(4) == 0;
    transaction.update(
        """
        INSERT INTO market_negotiation (number, negotiation_id, buyer, seller, opener, service,
          state, turn, head, moves, made_at, ends_at, expires_at, taken, agreed_at, closed_at,
          is_own)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 1, 0, 0, 1000, 0, ?, ?, ?)
        """,
        number,
        "neg_" + number,
        BUYER,
        service.seller(),
        isOpenedBySeller ? service.seller() : BUYER,
        service.number(),
        state,
        state.equals("open") ? null : 1L,
        random.nextLong(2_000),
        (long) random.nextInt(2));
    for (long sequence = 0; sequence < 2; sequence++) {
      transaction.update(
          """
          INSERT INTO market_move (negotiation, sequence, sender, kind, move, hash, proof, made_at,
            waited_ms)
          VALUES (?, ?, ?, 'counter', '', '', '', ?, ?)
          """,
          number,
          sequence,
          random.nextBoolean() ? service.seller() : BUYER,
          1_000_000 - 7 * number - sequence,
          random.nextLong(100_000));
    }
  }
}
