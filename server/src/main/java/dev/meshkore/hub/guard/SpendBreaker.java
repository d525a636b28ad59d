package dev.meshkore.hub.guard;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Opens the breaker of what an agent spends when it pays much more often, or much more at once,
/// than it did before. What it did before is read from its accounts, so that a restart forgets
/// nothing; it is counted in memory from then on. Only new spending is refused: what is held can be
/// paid, and what was paid can be given back. Thread-safe.
final class SpendBreaker implements SendRule {
  private static final int KEPT_MAX = 100_000;
  private static final int SAMPLE_MAX = 500;
  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();
  private static final long EARLIER_MS = Duration.ofHours(1).toMillis();
  private static final long REREAD_MS = Duration.ofMinutes(10).toMillis();

  /// From so few payments nobody can tell what is usual.
  private static final int SAMPLE_LEAST = 20;

  /// What is usual of an asset.
  ///
  /// @param median of the payments before; 0 where there are too few
  private record Usual(long readAtMs, long median) {}

  /// A payment that is counted.
  private record Counted(long payer, long payee, long atoms, String about) {
    Counted(Spending spending) {
      this(spending.payer(), spending.payee(), spending.atoms(), spending.about());
    }
  }

  private static final class Habit {
    long since;
    int payments;
    final Map<String, Usual> usual = new HashMap<>();
  }

  private final int paymentsMax;
  private final int spike;
  private final Breakers breakers;
  private final Supplier<SpentBefore> before;
  private final Agents agents;
  private final InstantSource clock;
  private final Map<Long, Habit> habits =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Habit> eldest) {
          return size() > KEPT_MAX;
        }
      };

  SpendBreaker(
      GuardSettings resolved,
      Breakers breakers,
      Supplier<SpentBefore> before,
      Agents agents,
      InstantSource clock) {
    this.paymentsMax = resolved.payments();
    this.spike = resolved.spike();
    this.breakers = breakers;
    this.before = before;
    this.agents = agents;
    this.clock = clock;
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return false;
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations) {
    // A message is no money.
  }

  @Override
  public Counting spend(Transaction transaction, Spending spending) throws SQLException {
    long now = clock.millis();
    String payer = agents.idOf(spending.payer());
    String scope = Scopes.spending(payer);
    breakers.checkSpending(scope, spending.payer(), now);
    if (paymentsMax == 0 && spike == 0) {
      return Counting.NOTHING;
    }
    long median = median(transaction, spending, now);
    var counted = new Counted(spending);
    int payments = payments(spending.payer(), now) + (transaction.hasCounted(counted) ? 0 : 1);
    boolean isOften = paymentsMax > 0 && payments > paymentsMax;
    // Divided, so that nothing overflows.
    boolean isMuch = spike > 0 && median > 0 && spending.atoms() / spike >= median;
    if ((isOften || isMuch) && !SqlBreakers.isAllowed(transaction, scope, now)) {
      String detail =
          isOften
              ? payer + " began " + payments + " payments within a minute"
              : "%s was to pay %d atoms of %s at once; the median of its payments is %d"
                  .formatted(payer, spending.atoms(), spending.asset(), median);
      var finding = new Patterns.Finding(scope, isOften ? "velocity" : "amount", detail);
      throw breakers.refusal(finding, spending.payer(), now);
    }
    // What another rule refuses is no payment.
    return writing -> {
      if (writing.isFirst(counted)) {
        count(spending.payer(), now);
      }
    };
  }

  /// How many payments of this minute were counted before.
  private synchronized int payments(long payer, long now) {
    Habit habit = habits.computeIfAbsent(payer, _ -> new Habit());
    if (now - habit.since > MINUTE_MS || now < habit.since) {
      habit.since = now;
      habit.payments = 0;
    }
    return habit.payments;
  }

  private synchronized void count(long payer, long now) {
    var _ = payments(payer, now);
    habits.computeIfAbsent(payer, _ -> new Habit()).payments++;
  }

  private long median(Transaction transaction, Spending spending, long now) throws SQLException {
    String asset = spending.asset();
    synchronized (this) {
      Habit habit = habits.get(spending.payer());
      Usual known = habit == null ? null : habit.usual.get(asset);
      if (known != null && now - known.readAtMs() < REREAD_MS && now >= known.readAtMs()) {
        return known.median();
      }
    }
    // Read without the lock, so that no other payment waits for it.
    List<SpentBefore.Spent> last =
        before.get().last(transaction, spending.payer(), asset, SAMPLE_MAX);
    synchronized (this) {
      boolean isNew = !habits.containsKey(spending.payer());
      Habit habit = habits.computeIfAbsent(spending.payer(), _ -> new Habit());
      if (isNew) {
        // The payment at hand may be among them; it is counted after this.
        habit.since = now;
        for (SpentBefore.Spent one : last) {
          if (now - one.atMs() < MINUTE_MS && one.atMs() <= now) {
            habit.since = one.atMs();
            habit.payments++;
          }
        }
        habit.payments = Math.max(0, habit.payments - 1);
      }
      var usual = new Usual(now, median(last, now));
      habit.usual.put(asset, usual);
      return usual.median();
    }
  }

  /// Of earlier hours where there are enough payments, so that what goes wrong now does not become
  /// what is usual; else of all.
  private static long median(List<SpentBefore.Spent> last, long now) {
    long[] earlier =
        last.stream()
            .filter(one -> now - one.atMs() >= EARLIER_MS)
            .mapToLong(SpentBefore.Spent::atoms)
            .sorted()
            .toArray();
    long[] sample =
        earlier.length >= SAMPLE_LEAST
            ? earlier
            : last.stream().mapToLong(SpentBefore.Spent::atoms).sorted().toArray();
    return sample.length < SAMPLE_LEAST ? 0 : sample[sample.length / 2];
  }
}
