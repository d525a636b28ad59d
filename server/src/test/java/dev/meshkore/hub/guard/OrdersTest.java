package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds is read again only where something was changed, and without what comes with mandates.
final class OrdersTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  private static long epoch(Database database) {
    return database.read(reader -> reader.number("SELECT epoch FROM guard_epoch", 0));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whatChangesNothingRaisesNoVersion(DatabaseUrl url) {
    try (var database = Database.open(url, () -> 0L, () -> {})) {
      var orders = new Orders(database);
      long before = epoch(database);
      Orders.Now held = orders.now();
      assertThat(orders.changeIfAny(tx -> SqlOrders.deleteStop(tx, "agent:bob", "admin")))
          .isFalse();
      assertThat(epoch(database)).isEqualTo(before);
      assertThat(orders.now()).isSameAs(held);
      var stop = new Orders.Stop("agent:bob", 7, "", "admin", 1);
      assertThat(orders.changeIfAny(tx -> SqlOrders.putStop(tx, stop))).isTrue();
      assertThat(epoch(database)).isGreaterThan(before);
      assertThat(orders.now().stopOf(7)).isEqualTo(stop);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void budgetsOfMandatesAreNotKeptInMemory(DatabaseUrl url) {
    try (var database = Database.open(url, () -> 0L, () -> {})) {
      var orders = new Orders(database);
      orders.change(transaction -> {
        for (String scope :
            new String[] {
              "hub", "agent:bob", "owner:own_1", "pair:a,b", "mandate:m1", "mandate:~"
            }) {
          SqlBudgets.set(transaction, scope, Limits.UNIT, Budget.Window.ENDLESS, 5, 0);
        }
        return true;
      });
      assertThat(orders.now().budgetScopes())
          .containsExactlyInAnyOrder("hub", "agent:bob", "owner:own_1", "pair:a,b");
      assertThat(orders.now().hasOwnerBudgets()).isTrue();
    }
  }
}
