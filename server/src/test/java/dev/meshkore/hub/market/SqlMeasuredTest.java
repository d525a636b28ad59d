package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.market.SqlMeasured.End;
import dev.meshkore.hub.market.SqlMeasured.Seen;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of calls.
final class SqlMeasuredTest {
  private static final long SELLER = 3;

  @TempDir Path folder;

  private void onEach(Consumer<Database> test) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (Database database = Database.open(url, () -> 0, () -> {})) {
            database.write(transaction -> {
              SqlServices.insert(transaction, Stall.listing("svc_1", SELLER, 0));
              return true;
            });
            test.accept(database);
          }
        });
  }

  private static void call(Database database, long number, String buyer, long madeAt) {
    var call = new CallSeen(number, "svc_1", SELLER, 9, madeAt, madeAt + 600);
    database.write(transaction -> {
      SqlMeasured.insertCall(transaction, call, buyer, CallAnswers.OF_ONE_BUYER);
      return true;
    });
  }

  private static void end(Database database, long number, End end, long now) {
    database.write(transaction -> {
      SqlMeasured.end(transaction, number, end, now);
      return true;
    });
  }

  /// What a test is told of the calls of `svc_1`, long after them.
  private static List<Seen> seen(Database database) {
    return seen(database, 500);
  }

  private static List<Seen> seen(Database database, int most) {
    return database.read(reader -> {
      long service =
          reader.number("SELECT number FROM market_service WHERE service_id = ?", -1, "svc_1");
      var seen = SqlMeasured.ofServices(reader, List.of(service, 0L), 10_000, most);
      assertThat(seen).hasSize(1);
      return seen.getOrDefault(service, List.of());
    });
  }

  @Test
  void aBuyerThatCallsAllTheTimePushesNobodyOut() {
    onEach(database -> {
      for (int i = 0; i < 12; i++) {
        call(database, i, "owner:honest", i);
      }
      for (int i = 12; i < 60; i++) {
        call(database, i, "owner:loud", i);
      }
      List<Seen> seen = seen(database);
      assertThat(seen).hasSize(20);
      assertThat(seen).filteredOn(one -> one.buyer().equals("owner:honest")).hasSize(10);
      assertThat(seen.getFirst().madeAtMs()).isEqualTo(59);
      assertThat(seen(database, 7)).isEqualTo(seen.subList(0, 7));
    });
  }

  @Test
  void aCallEndsOnceAndInItsTime() {
    onEach(database -> {
      for (int i = 1; i <= 4; i++) {
        call(database, i, "owner:" + i, 1_000);
      }
      end(database, 1, End.ANSWERED, 1_070);
      end(database, 1, End.DECLINED, 1_080);
      end(database, 2, End.DECLINED, 1_600);
      end(database, 3, End.ANSWERED, 990);
      end(database, 4, End.DECLINED, 1_599);
      assertThat(seen(database).reversed())
          .extracting(Seen::end)
          .as("the third began before it was made, and shows nothing")
          .containsExactly(End.ANSWERED, End.WAITING, End.DECLINED);
      assertThat(seen(database).getLast().waitedMs()).isEqualTo(70);
    });
  }

  @Test
  void sellersAreToldOfOnceAndOldCallsAreForgotten() {
    onEach(database -> {
      call(database, 1, "", 1_000);
      call(database, 2, "", 1_000);
      end(database, 1, End.ANSWERED, 1_200);
      assertThat(ended(database, 1_100, 1_250)).containsExactly(SELLER);
      assertThat(ended(database, 1_201, 1_250)).as("told before").isEmpty();
      assertThat(ended(database, 1_201, 1_700)).as("without an answer").containsExactly(SELLER);
      assertThat(ended(database, 1_700, 1_800)).isEmpty();
      List<Long> forgotten =
          database.write(transaction -> SqlMeasured.forget(transaction, 1_001, 1));
      assertThat(forgotten).containsExactly(SELLER);
      assertThat(seen(database)).hasSize(1);
      assertThat(database.<List<Long>>write(t -> SqlMeasured.forget(t, 1_000, 9))).isEmpty();
    });
  }

  private static List<Long> ended(Database database, long since, long now) {
    return database.read(reader -> SqlMeasured.ended(reader, since, now, 900));
  }
}
