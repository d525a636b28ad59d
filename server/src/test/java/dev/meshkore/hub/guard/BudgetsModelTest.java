package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random histories of budgets beside a model: windows of every kind, of an agent, its owner and a
/// chain of mandates at once, in two units, by two hubs whose clocks jump, with ids that come again
/// and a database that is opened anew in the middle. Whatever is refused has no room in the model,
/// and no window has more used and held than its cap. `-Dbudgets.histories` says how many there are
/// on SQLite; PostgreSQL has one for each twenty.
final class BudgetsModelTest {
  private static final int HISTORIES = Integer.getInteger("budgets.histories", 1_500);
  private static final int TRANSACTIONS = 12;
  private static final long START = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();
  private static final List<String> UNITS = List.of("CREDIT", "SAT");

  /// No two are of one length; the parts of one are not of whole milliseconds.
  private static final List<Budget.Window> WINDOWS =
      List.of(
          Budget.Window.ENDLESS,
          Budget.Window.fixed(Duration.ofHours(1)),
          Budget.Window.fixed(Duration.ofDays(1)),
          Budget.Window.WEEK,
          Budget.Window.MONTH,
          Budget.Window.rolling(Duration.ofMillis(61_007)),
          Budget.Window.rolling(Duration.ofMinutes(10)),
          Budget.Window.rolling(Duration.ofDays(3)));

  @TempDir private Path folder;

  @Test
  void everyHistoryIsThatOfTheModel() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      boolean isFile = url instanceof DatabaseUrl.SqliteFile;
      DatabaseUrl quick =
          url instanceof DatabaseUrl.SqliteFile file
              ? new DatabaseUrl.SqliteFile(file.file(), "OFF")
              : url;
      try (var stage = new Stage(quick)) {
        Seeds.forAll(isFile ? HISTORIES : Math.max(1, HISTORIES / 20), stage::play);
      }
    }
  }

  private interface Step {
    void run(Transaction transaction) throws SQLException;
  }

  /// Two hubs; on PostgreSQL each has connections of its own.
  private static final class Stage implements AutoCloseable {
    private final DatabaseUrl url;
    private final List<Database> open = new ArrayList<>();
    private int histories;

    Stage(DatabaseUrl url) {
      this.url = url;
      open();
    }

    private void open() {
      for (int i = 0; i < (url.dialect().isShared() ? 2 : 1); i++) {
        open.add(Database.open(url, () -> 0, () -> {}));
      }
    }

    void play(SplittableRandom random) {
      var history = new History(random, "h" + histories++);
      written(history::begin, 0);
      for (int i = 0; i < TRANSACTIONS; i++) {
        int hub = random.nextInt(2);
        written(
            transaction -> {
              for (int left = random.nextInt(1, 7); left > 0; left--) {
                history.step(transaction, hub);
              }
            },
            hub);
        if (random.nextInt(20 * TRANSACTIONS) == 0) {
          close();
          open();
        }
      }
      written(history::end, 1);
    }

    private void written(Step step, int hub) {
      Optional<AssertionError> wrong =
          open.get(hub % open.size())
              .write(transaction -> {
                try {
                  step.run(transaction);
                  return Optional.empty();
                } catch (AssertionError found) {
                  return Optional.of(found);
                }
              });
      if (wrong.isPresent()) {
        throw wrong.get();
      }
    }

    @Override
    public void close() {
      open.forEach(Database::close);
      open.clear();
    }
  }

  private static final class History {
    private final SplittableRandom random;
    private final List<String> scopes;
    private final BudgetModel model = new BudgetModel();

    /// Whether both hubs have one clock that only goes on.
    private final boolean isSteady;

    private final List<AtomicLong> clocks;
    private final List<Budgets> hubs;

    History(SplittableRandom random, String name) {
      this.random = random;
      this.scopes =
          List.of("agent:" + name, "mandate:" + name + "a", "mandate:" + name + "b", name);
      this.isSteady = random.nextBoolean();
      var one = new AtomicLong(START + random.nextLong(Duration.ofDays(60).toMillis()));
      var other = isSteady ? one : new AtomicLong(one.get() + random.nextLong(-90_000, 90_000));
      this.clocks = List.of(one, other);
      this.hubs =
          clocks.stream()
              .map(clock -> new Budgets(() -> Instant.ofEpochMilli(clock.get())))
              .toList();
    }

    void begin(Transaction transaction) throws SQLException {
      for (int i = random.nextInt(2, 9); i > 0; i--) {
        set(transaction, hubs.getFirst(), clocks.getFirst().get());
      }
    }

    void step(Transaction transaction, int hub) throws SQLException {
      Budgets budgets = hubs.get(hub);
      long now = clocks.get(hub).get();
      switch (random.nextInt(16)) {
        case 0, 1, 2 -> reserve(transaction, budgets, now);
        case 3, 4, 5 -> spend(transaction, budgets, now);
        case 6, 7 -> commit(transaction, budgets, now);
        case 8 -> {
          String id = id();
          assertThat(budgets.release(transaction, id)).isEqualTo(model.end(id, 0, now));
        }
        case 9 -> {
          model.expire(now);
          boolean isMore = true;
          while (isMore) {
            isMore = budgets.releaseExpired(transaction);
          }
        }
        case 10 -> change(transaction, budgets, now);
        default -> pass(clocks.get(hub));
      }
      check(transaction, hub);
    }

    private void pass(AtomicLong clock) {
      long most =
          switch (random.nextInt(6)) {
            case 0 -> Duration.ofDays(20).toMillis();
            case 1 -> Duration.ofHours(5).toMillis();
            case 2, 3 -> Duration.ofMinutes(4).toMillis();
            default -> 3_000;
          };
      boolean isBack = !isSteady && random.nextInt(4) == 0;
      clock.addAndGet(random.nextLong(most) * (isBack ? -1 : 1));
    }

    private Budget.Window window() {
      return WINDOWS.get(random.nextInt(WINDOWS.size()));
    }

    private void set(Transaction transaction, Budgets budgets, long now) throws SQLException {
      String scope = scopes.get(random.nextInt(scopes.size()));
      String unit = unit();
      Budget.Window window = window();
      long cap = random.nextLong(40);
      budgets.set(transaction, scope, unit, window, cap);
      model.set(scope, unit, window, cap, now);
    }

    /// A cap is set anew, or a budget is taken away with what it holds.
    private void change(Transaction transaction, Budgets budgets, long now) throws SQLException {
      int what = random.nextInt(6);
      if (what == 0 && !model.budgets.isEmpty()) {
        BudgetModel.One one = model.budgets.get(random.nextInt(model.budgets.size()));
        assertThat(budgets.remove(transaction, one.scope, one.unit, one.window.ms())).isTrue();
        model.remove(one);
      } else if (what == 1) {
        set(transaction, budgets, now);
      }
    }

    private String unit() {
      return UNITS.get(random.nextInt(3) / 2);
    }

    /// Of some scopes, sometimes of one twice, and sometimes with caps that may not be there yet.
    private List<Take> takes() {
      var takes = new ArrayList<Take>();
      String unit = unit();
      long amount = random.nextLong(1, 9);
      for (String scope : scopes) {
        if (random.nextInt(3) > 0) {
          Map<Budget.Window, Long> caps =
              random.nextInt(12) == 0 ? Map.of(window(), random.nextLong(40)) : Map.of();
          takes.add(new Take(scope, unit, amount, caps));
        }
      }
      if (random.nextInt(8) == 0 && !takes.isEmpty()) {
        Take again = takes.getFirst();
        takes.add(new Take(again.scope(), UNITS.get(random.nextInt(2)), 1, again.caps()));
      }
      return takes;
    }

    private String id() {
      List<String> held = model.reservations();
      boolean isHeld = random.nextInt(5) > 0 && !held.isEmpty();
      return isHeld
          ? held.get(random.nextInt(held.size()))
          : scopes.getLast() + "-" + random.nextInt(12);
    }

    private void reserve(Transaction transaction, Budgets budgets, long now) throws SQLException {
      List<Take> takes = takes();
      String id = scopes.getLast() + "-" + random.nextInt(12);
      long until = now + random.nextLong(1, random.nextBoolean() ? 10_000 : 10_000_000);
      // What the id held before is given back first.
      Set<String> before = model.reservations().contains(id) ? Set.of() : lacks(takes, now);
      told(
          transaction,
          part -> budgets.reserve(part, takes, id, Instant.ofEpochMilli(until)),
          () -> model.reserve(takes, id, until, now),
          before);
    }

    private void spend(Transaction transaction, Budgets budgets, long now) throws SQLException {
      List<Take> takes = takes();
      Set<String> before = lacks(takes, now);
      told(transaction, part -> budgets.spend(part, takes), () -> model.spend(takes, now), before);
    }

    /// What a refusal may say that there is of budgets.
    private Set<String> lacks(List<Take> takes, long now) {
      var lacks = new HashSet<String>();
      for (Take take : takes) {
        for (BudgetModel.One one : model.of(take.scope(), take.unit())) {
          long left = Math.max(0, one.cap - one.used(now) - one.reserved);
          lacks.add(one.scope + " " + one.unit + " " + one.cap + " " + left);
        }
        take.caps()
            .values()
            .forEach(cap -> lacks.add(take.scope() + " " + take.unit() + " " + cap + " " + cap));
      }
      return lacks;
    }

    /// The hub takes it if and only if the model does; what is refused leaves nothing.
    private static void told(
        Transaction transaction, Step step, BooleanSupplier expected, Set<String> lacks)
        throws SQLException {
      Optional<Refused> refused = Optional.empty();
      try {
        transaction.undoable(part -> {
          step.run(part);
          return true;
        });
      } catch (Refused failure) {
        refused = Optional.of(failure);
      }
      assertThat(refused.isEmpty()).as("%s", refused).isEqualTo(expected.getAsBoolean());
      if (refused.isPresent()) {
        assertThat(refused.get().type()).isEqualTo(ProblemType.BUDGET_EXHAUSTED);
        Map<String, Object> said = refused.get().members();
        String says =
            said.get("scope")
                + " "
                + said.get("unit")
                + " "
                + said.get("limit")
                + " "
                + said.get("remaining");
        assertThat(lacks.isEmpty() || lacks.contains(says)).as("%s of %s", says, lacks).isTrue();
      }
    }

    private void commit(Transaction transaction, Budgets budgets, long now) throws SQLException {
      String id = id();
      long most = random.nextLong(1, 9);
      switch (random.nextInt(3)) {
        case 0 ->
            assertThat(budgets.commit(transaction, id))
                .isEqualTo(model.end(id, Long.MAX_VALUE, now));
        case 1 ->
            assertThat(budgets.commit(transaction, id, most)).isEqualTo(model.end(id, most, now));
        default ->
            assertThat(budgets.commitPart(transaction, id, most))
                .isEqualTo(model.part(id, most, now));
      }
    }

    private void check(Transaction transaction, int hub) throws SQLException {
      String scope = scopes.get(random.nextInt(scopes.size()));
      long now = clocks.get(hub).get();
      List<Budget> found = hubs.get(hub).of(transaction, scope);
      int expected = 0;
      for (String unit : UNITS) {
        for (BudgetModel.One one : model.of(scope, unit)) {
          expected++;
          Budget budget =
              found.stream()
                  .filter(some -> some.unit().equals(unit) && some.window().equals(one.window))
                  .findFirst()
                  .orElseThrow();
          assertThat(budget.cap()).isEqualTo(one.cap);
          assertThat(budget.used()).as("used of %s", budget).isEqualTo(one.used(now));
          assertThat(budget.reserved()).as("held of %s", budget).isEqualTo(one.reserved);
          assertThat(budget.used() + budget.reserved())
              .as("%s", budget)
              .isLessThanOrEqualTo(one.highest);
        }
      }
      assertThat(found).hasSize(expected);
    }

    void end(Transaction transaction) throws SQLException {
      for (String id : model.reservations()) {
        assertThat(hubs.getLast().release(transaction, id)).isTrue();
        model.end(id, 0, clocks.getLast().get());
      }
      for (BudgetModel.One one : model.budgets) {
        assertThat(one.reserved).isZero();
        if (isSteady) {
          one.checkEveryWindow();
        }
      }
      for (int i = 0; i < 8; i++) {
        check(transaction, i % 2);
      }
    }
  }
}
