package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BudgetsTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Budget.Window MINUTE = Budget.Window.fixed(Duration.ofMinutes(1));
  private static final Budget.Window ROLLING = Budget.Window.rolling(Duration.ofMinutes(1));

  @TempDir private Path folder;
  private final AtomicLong now = new AtomicLong(START.toEpochMilli());
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final Budgets budgets = new Budgets(clock);

  private interface Case {
    void run(Database database) throws Exception;
  }

  private void onEach(Case test) throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      now.set(START.toEpochMilli());
      try (var database = Database.open(url, () -> 0, () -> {})) {
        test.run(database);
      }
    }
  }

  private void cap(Database database, String scope, Budget.Window window, long cap) {
    database.write(transaction -> {
      budgets.set(transaction, scope, "u", window, cap);
      return true;
    });
  }

  private void spend(Database database, long amount, String... scopes) {
    database.write(transaction -> {
      budgets.spend(transaction, takes(amount, scopes));
      return true;
    });
  }

  private void reserve(Database database, String id, long amount, String... scopes) {
    database.write(transaction -> {
      budgets.reserve(transaction, takes(amount, scopes), id, clock.instant().plusSeconds(30));
      return true;
    });
  }

  private boolean commit(Database database, String id) {
    return database.write(transaction -> budgets.commit(transaction, id));
  }

  private boolean release(Database database, String id) {
    return database.write(transaction -> budgets.release(transaction, id));
  }

  private boolean releaseExpired(Database database) {
    return database.write(budgets::releaseExpired);
  }

  private static List<Take> takes(long amount, String... scopes) {
    return Arrays.stream(scopes).map(scope -> new Take(scope, "u", amount)).toList();
  }

  private Budget only(Database database, String scope) {
    List<Budget> found = database.read(reader -> budgets.of(reader, scope));
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private void forward(Duration by) {
    now.addAndGet(by.toMillis());
  }

  @Test
  void takesOfEveryScopeOrOfNone() throws Exception {
    onEach(database -> {
      cap(database, "hub", Budget.Window.ENDLESS, 10);
      cap(database, "agent:a", Budget.Window.ENDLESS, 3);
      spend(database, 3, "agent:a", "hub", "agent:unlimited");
      assertThatThrownBy(() -> spend(database, 1, "hub", "agent:a"))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.type()).isEqualTo(ProblemType.BUDGET_EXHAUSTED);
                assertThat(refused.members())
                    .containsEntry("scope", "agent:a")
                    .containsEntry("remaining", 0L)
                    .containsEntry("limit", 3L)
                    .doesNotContainKey("resets_at");
              });
      assertThat(only(database, "hub").used()).isEqualTo(3);
    });
  }

  @Test
  void saysWhenAFixedWindowBeginsAnewAndBeginsIt() throws Exception {
    onEach(database -> {
      cap(database, "a", MINUTE, 2);
      forward(Duration.ofSeconds(20));
      spend(database, 2, "a");
      assertThatThrownBy(() -> spend(database, 1, "a"))
          .isInstanceOfSatisfying(
              Refused.class,
              refused ->
                  assertThat(refused.members())
                      .containsEntry("resets_at", "2026-11-21T12:01:00.000Z")
                      .containsEntry("retry_after", 40L));
      forward(Duration.ofSeconds(40));
      spend(database, 2, "a");
      assertThat(only(database, "a").used()).isEqualTo(2);
    });
  }

  @Test
  void neverLetsMoreThanTheCapIntoAnyRollingWindow() throws Exception {
    onEach(database -> {
      cap(database, "a", ROLLING, 3);
      spend(database, 2, "a");
      forward(Duration.ofSeconds(30));
      spend(database, 1, "a");
      forward(Duration.ofSeconds(30));
      assertThatThrownBy(() -> spend(database, 1, "a")).isInstanceOf(Refused.class);
      forward(Duration.ofSeconds(1));
      spend(database, 2, "a");
      assertThatThrownBy(() -> spend(database, 1, "a"))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.members()).containsEntry("retry_after", 30L));
    });
  }

  /// The clock goes on and back; what has fallen out of the window when something was taken does
  /// not come in again.
  @Test
  void aRollingWindowCountsItsPartsWhateverTheClockDoes() throws Exception {
    long part = ROLLING.ms() / Budget.Window.PARTS;
    onEach(database ->
        Seeds.forAll(
            10,
            random -> {
              String scope = "agent:" + random.nextLong();
              cap(database, scope, ROLLING, 40);
              var used = new TreeMap<Long, Long>();
              for (int step = 0; step < 80; step++) {
                now.addAndGet(
                    random.nextInt(4) == 0
                        ? random.nextLong(-90_000, 90_000)
                        : random.nextLong(4_000));
                long oldest = now.get() - ROLLING.ms() - part + 1;
                long counted = used.tailMap(oldest).values().stream().mapToLong(n -> n).sum();
                assertThat(only(database, scope).used()).isEqualTo(counted);
                long amount = random.nextLong(1, 9);
                if (counted + amount > 40) {
                  assertThatThrownBy(() -> spend(database, amount, scope))
                      .isInstanceOf(Refused.class);
                } else {
                  spend(database, amount, scope);
                  used.headMap(oldest).clear();
                  used.merge(Math.floorDiv(now.get(), part) * part, amount, Long::sum);
                }
              }
            }));
  }

  @Test
  void whatFreesIsNotWhatIsFreeAlready() throws Exception {
    onEach(database -> {
      cap(database, "agent:f", ROLLING, 10);
      spend(database, 5, "agent:f");
      forward(Duration.ofSeconds(30));
      spend(database, 5, "agent:f");
      forward(Duration.ofMillis(31_500));
      Budget budget = only(database, "agent:f");
      assertThat(budget.used()).isEqualTo(5);
      long freesAt = database.read(reader -> budgets.freesAt(reader, budget)).orElseThrow();
      assertThat(freesAt - START.toEpochMilli()).isEqualTo(91_000);
    });
  }

  @Test
  void holdsWhatIsReservedUntilItIsCommittedReleasedOrExpired() throws Exception {
    onEach(database -> {
      cap(database, "a", MINUTE, 3);
      reserve(database, "r1", 1, "a");
      reserve(database, "r1", 1, "a");
      reserve(database, "r2", 1, "a");
      reserve(database, "r3", 1, "a");
      assertThatThrownBy(() -> reserve(database, "r4", 1, "a")).isInstanceOf(Refused.class);
      assertThat(commit(database, "r1")).isTrue();
      assertThat(commit(database, "r1")).isFalse();
      assertThat(release(database, "r2")).isTrue();
      assertThat(commit(database, "r2")).isFalse();
      forward(Duration.ofSeconds(31));
      assertThat(commit(database, "r3")).isFalse();
      Budget left = only(database, "a");
      assertThat(left.used()).isEqualTo(1);
      assertThat(left.reserved()).isZero();
    });
  }

  @Test
  void givesBackWhatExpired() throws Exception {
    onEach(database -> {
      cap(database, "a", Budget.Window.ENDLESS, 2);
      reserve(database, "r1", 1, "a");
      reserve(database, "r2", 1, "a");
      assertThat(releaseExpired(database)).isFalse();
      forward(Duration.ofSeconds(30));
      assertThat(releaseExpired(database)).isTrue();
      assertThat(releaseExpired(database)).isTrue();
      assertThat(releaseExpired(database)).isFalse();
      reserve(database, "r1", 2, "a");
      assertThat(only(database, "a").reserved()).isEqualTo(2);
    });
  }

  /// Many workers on two hubs, which are opened anew now and then: what was committed is never more
  /// than the cap, and what the budgets say is what was done.
  @Test
  void isNeverOverACapWhoeverTakes() {
    Seeds.forAll(
        2,
        random -> {
          for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
            now.set(START.toEpochMilli());
            model(url, random.split());
          }
        });
  }

  private void model(DatabaseUrl url, SplittableRandom random) {
    var scopes = List.of("hub", "agent:a", "agent:b", "pair:a,b");
    var caps = List.of(90L, 40L, 60L, 25L);
    var done = new ConcurrentHashMap<String, Long>();
    for (int restart = 0; restart < 3; restart++) {
      try (var one = Database.open(url, () -> 0, () -> {});
          var other = url.dialect().isShared() ? Database.open(url, () -> 0, () -> {}) : null) {
        for (int i = 0; i < scopes.size(); i++) {
          cap(one, scopes.get(i), Budget.Window.ENDLESS, caps.get(i));
        }
        work(other == null ? List.of(one) : List.of(one, other), scopes, random, restart, done);
        for (int i = 0; i < scopes.size(); i++) {
          Budget budget = only(one, scopes.get(i));
          assertThat(budget.used()).isEqualTo(done.getOrDefault(scopes.get(i), 0L));
          assertThat(budget.used() + budget.reserved()).isLessThanOrEqualTo(caps.get(i));
        }
      }
    }
    assertThat(done).containsEntry("pair:a,b", 25L);
  }

  private void work(
      List<Database> hubs,
      List<String> scopes,
      SplittableRandom random,
      int round,
      ConcurrentHashMap<String, Long> done) {
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<?>>();
      for (int worker = 0; worker < 12; worker++) {
        SplittableRandom own = random.split();
        String name = round + "-" + worker + "-";
        all.add(
            workers.submit(() -> {
              for (int i = 0; i < 12; i++) {
                takeOnce(hubs.get(own.nextInt(hubs.size())), scopes, own, name + i, done);
              }
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private void takeOnce(
      Database hub,
      List<String> scopes,
      SplittableRandom random,
      String id,
      ConcurrentHashMap<String, Long> done) {
    var wanted = new ArrayList<>(scopes);
    wanted.removeIf(scope -> !scope.equals("pair:a,b") && random.nextBoolean());
    long amount = 1;
    try {
      reserve(hub, id, amount, wanted.toArray(String[]::new));
    } catch (Refused _) {
      return;
    }
    if (random.nextInt(4) == 0) {
      assertThat(release(hub, id)).isTrue();
      return;
    }
    assertThat(commit(hub, id)).isTrue();
    wanted.forEach(scope -> done.merge(scope, amount, Long::sum));
  }

  @Test
  void oneReservationAtTwoHubsIsHeldOnce() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      if (!(url instanceof DatabaseUrl.PostgresqlServer)) {
        continue;
      }
      try (var one = Database.open(url, () -> 0, () -> {});
          var other = Database.open(url, () -> 0, () -> {});
          var watching = Database.open(url, () -> 0, () -> {});
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        cap(one, "a", Budget.Window.ENDLESS, 10);
        Instant until = clock.instant().plusSeconds(30);
        Future<?> second =
            one.write(transaction -> {
              budgets.reserve(transaction, takes(6, "a"), "r", until);
              Future<?> begun = threads.submit(() -> reserve(other, "r", 6, "a"));
              while (watching.read(
                      reader -> reader.number("SELECT COUNT(*) FROM pg_locks WHERE NOT granted", 0))
                  == 0) {
                Thread.onSpinWait();
              }
              return begun;
            });
        second.get();
        assertThat(one.read(reader -> budgets.of(reader, "a")).getFirst().reserved()).isEqualTo(6);
      }
    }
  }
}
