package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random histories of jobs beside a model that is too simple to be wrong: a table of who may do
/// what in which state, and sums. Steps come in any order, by anybody, on heads that are old, and
/// again; the clock jumps, and the hub may be late to see it. After each step the money is where
/// the model has it; at the end time alone ends the job. `-Djobs.histories` says how many there
/// are.
final class JobsModelTest {
  private static final int HISTORIES = Integer.getInteger("jobs.histories", 1_000);
  private static final int STEPS = 14;
  private static final String SHA = Site.SHA;
  private static final List<String> ALL =
      List.of("accept", "fund", "submit", "complete", "reject", "dispute", "evidence", "resolve");

  @TempDir private Path folder;

  /// A step that was taken, to be taken again.
  private record Taken(Caller.OfAgent by, String body) {}

  private static final class History {
    final Yard yard;
    final SplittableRandom random;
    final Caller.OfAgent client;
    final Caller.OfAgent provider;
    final Caller.OfAgent evaluator;
    final Caller.OfAgent arbiter;
    final JobModel model;
    final String id;
    final long number;
    final Seen before;
    final List<String> heads = new ArrayList<>();
    final List<Taken> taken = new ArrayList<>();
    final long had;

    History(Yard yard, SplittableRandom random, List<Caller.OfAgent> four) {
      this.yard = yard;
      this.random = random;
      this.client = four.get(0);
      this.provider = four.get(1);
      this.evaluator = four.get(2);
      this.arbiter = four.get(3);
      boolean isEscrow = random.nextInt(4) > 0;
      var parts = new ArrayList<Long>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        parts.add(random.nextLong(100, isEscrow ? 40_000_000 : 3_000_000));
      }
      this.model =
          new JobModel(
              isEscrow,
              isEscrow && random.nextInt(3) == 0,
              random.nextBoolean(),
              parts,
              isEscrow && random.nextBoolean(),
              random.nextBoolean());
      // Sometimes there is an atom too little.
      long missing = random.nextInt(6) == 0 ? 1 : 0;
      yard.deposit(client, model.price() - missing);
      Caller.OfAgent opener = model.isOpenedByClient ? client : provider;
      var call = new Approach.Call(opener, "POST /jobs", "/jobs", new byte[0]);
      Job opened = yard.openings.open(call, draft()).job().orElseThrow();
      this.id = opened.id();
      this.number = opened.number();
      this.before = see();
      this.had = before.of(Account.Name.ofAgent(client.number()));
      model.due = yard.now.get() + 60_000;
      heads.add(opened.head());
    }

    private JobDraft draft() {
      var parts =
          model.parts.stream()
              .map(atoms -> new JobDraft.Part("part", atoms, OptionalLong.empty()))
              .toList();
      return new JobDraft(
          Optional.empty(),
          model.isOpenedByClient ? Optional.of(provider.id()) : Optional.empty(),
          model.isOpenedByClient ? Optional.empty() : Optional.of(client.id()),
          Optional.empty(),
          Optional.of("subject"),
          "",
          OptionalLong.empty(),
          parts,
          model.isEscrow,
          OptionalLong.of(100),
          60,
          50,
          Optional.of(model.paysOnSilence ? JobTerms.Rule.COMPLETE : JobTerms.Rule.REFUND),
          70,
          model.paysUnresolved ? JobTerms.Rule.COMPLETE : JobTerms.Rule.REFUND,
          model.hasEvaluator ? evaluator.id() : "",
          arbiter.id(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty());
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0 -> again();
        case 1 -> pass(random.nextLong(1, 60_000));
        default -> take();
      }
      check();
    }

    /// The clock runs on; the hub may be late to see it.
    private void pass(long ms) {
      yard.now.addAndGet(ms);
      if (random.nextInt(4) > 0) {
        tick();
      }
    }

    private void tick() {
      yard.clock.tick();
      if (!model.isOver() && yard.now.get() >= model.due) {
        model.time(yard.now.get());
        heads.add(find().head());
      }
    }

    private void take() {
      List<String> likely = ALL.stream().filter(step -> !model.who(step).isEmpty()).toList();
      boolean isLikely = random.nextInt(5) > 0 && !likely.isEmpty();
      List<String> of = isLikely ? likely : ALL;
      String step = of.get(random.nextInt(of.size()));
      String who = model.who(step);
      String roles = isLikely && random.nextInt(5) > 0 ? who : "cpea";
      char role = roles.charAt(random.nextInt(roles.length()));
      boolean isStale = heads.size() > 1 && random.nextInt(12) == 0;
      String head = heads.get(isStale ? random.nextInt(heads.size() - 1) : heads.size() - 1);
      long share = share();
      String body = body(step, head, share);
      Caller.OfAgent caller = caller(role);
      boolean isAgain = taken.contains(new Taken(caller, body));
      String expected = isAgain ? "before" : expected(step, role, isStale, share);
      String found = found(caller, body);
      assertThat(found).as("%s by %s in %s", step, role, model.state).isEqualTo(expected);
      if (found.equals("new")) {
        model.apply(step, share, yard.now.get());
        heads.add(find().head());
        taken.add(new Taken(caller, body));
      }
    }

    private long share() {
      long held = model.held();
      return switch (random.nextInt(5)) {
        case 0 -> 0;
        case 1 -> held;
        case 2 -> held + 1;
        case 3 -> random.nextLong(1, 100);
        default -> random.nextLong(0, Math.max(1, held));
      };
    }

    private Caller.OfAgent caller(char role) {
      return switch (role) {
        case 'c' -> client;
        case 'p' -> provider;
        case 'e' -> evaluator;
        default -> arbiter;
      };
    }

    private static String body(String step, String head, long share) {
      String more =
          switch (step) {
            case "submit" -> ",\"sha256\":\"" + SHA + "\"";
            case "dispute", "evidence" -> ",\"note\":\"n\"";
            case "resolve" -> ",\"atoms\":" + share;
            default -> "";
          };
      return "{\"step\":\"" + step + "\",\"previous\":\"" + head + "\"" + more + "}";
    }

    private String expected(String step, char role, boolean isStale, long share) {
      if (role == 'e' && !model.hasEvaluator) {
        return "unknown-job";
      }
      String who = model.who(step);
      if (isStale || model.isOver() || yard.now.get() >= model.due || who.isEmpty()) {
        return "out-of-turn";
      }
      if (who.indexOf(role) < 0) {
        return "not-allowed";
      }
      if (step.equals("resolve") && (share > model.held() || (share > 0 && share < 100))) {
        return "invalid-field";
      }
      boolean pays = step.equals("fund") || (step.equals("complete") && !model.isEscrow);
      long price = step.equals("fund") ? model.price() : model.parts.get(model.part);
      long has = had - (model.isEscrow ? 0 : model.paidOut);
      return pays && price > has ? "insufficient-funds" : "new";
    }

    private String found(Caller.OfAgent caller, String body) {
      var draft = StepDraft.read(Fields.read(body.getBytes(StandardCharsets.UTF_8)));
      try {
        return yard.jobs.step(yard.call(caller), id, draft).isNew() ? "new" : "before";
      } catch (Refused refused) {
        return refused.type().slug();
      }
    }

    /// What was taken is answered as before, whatever became of the job since.
    private void again() {
      if (!taken.isEmpty()) {
        Taken one = taken.get(random.nextInt(taken.size()));
        assertThat(found(one.by(), one.body())).isEqualTo("before");
      }
    }

    private Job find() {
      return yard.jobs.find(client, id);
    }

    /// The money of everybody, and the job, as they are together.
    private record Seen(Job job, Map<String, Long> sums) {
      long of(Account.Name name) {
        return sums.getOrDefault(name.text(), 0L);
      }

      long fees() {
        return of(Account.Name.ofFees("tx")) + of(Account.Name.ofFees("escrow"));
      }
    }

    private Seen see() {
      return yard.database.read(
          reader -> new Seen(SqlJobs.find(reader, id).orElseThrow(), yard.all(reader)));
    }

    private void check() {
      Seen seen = see();
      Job job = seen.job();
      assertThat(job.at().state().word()).isEqualTo(model.state);
      assertThat(job.at().dueAtMs()).isEqualTo(model.due);
      assertThat(job.at().milestone()).isEqualTo(model.part);
      long inEscrow = seen.of(Account.Name.ofJob(job.number()));
      assertThat(inEscrow).isEqualTo(model.held());
      if (model.isOver()) {
        assertThat(inEscrow).isZero();
      }
      long fees = seen.fees() - before.fees();
      assertThat(fees).isEqualTo(model.fees());
      assertThat(fees).isBetween(0L, model.paidOut * 350 / 10_000);
      Account.Name provided = Account.Name.ofAgent(provider.number());
      assertThat(seen.of(provided) - before.of(provided)).isEqualTo(model.paidOut - fees);
      long paid = model.isEscrow ? model.paidIn - model.back : model.paidOut;
      assertThat(had - seen.of(Account.Name.ofAgent(client.number()))).isEqualTo(paid);
      if (model.isEscrow && model.paidIn > 0) {
        assertThat(model.paidIn).isEqualTo(model.paidOut + model.back + inEscrow);
      }
    }

    /// Nobody does anything any more.
    void end() {
      int jumps = 0;
      while (!model.isOver()) {
        assertThat(jumps++).isLessThan(2 * model.parts.size() + 2);
        assertThat(model.due).isPositive();
        yard.now.set(Math.max(yard.now.get(), model.due));
        tick();
        check();
      }
      List<Link> chain = yard.database.read(reader -> SqlJobs.chain(reader, number));
      assertThat(chain.stream().map(Link::hash).toList()).isEqualTo(heads);
      for (int i = 1; i < chain.size(); i++) {
        assertThat(chain.get(i).move().get("previous").stringValue()).isEqualTo(heads.get(i - 1));
      }
    }
  }

  @Test
  void everyHistoryIsThatOfTheModelAndTimeAloneEndsIt() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      boolean isFile = url instanceof DatabaseUrl.SqliteFile;
      DatabaseUrl quick =
          url instanceof DatabaseUrl.SqliteFile file
              ? new DatabaseUrl.SqliteFile(file.file(), "OFF")
              : url;
      try (var yard = new Yard(quick)) {
        List<Caller.OfAgent> four =
            List.of("client", "provider", "evaluator", "arbiter").stream()
                .map(yard::agent)
                .toList();
        Seeds.forAll(
            isFile ? HISTORIES : HISTORIES / 10,
            random -> {
              var history = new History(yard, random, four);
              for (int step = 0; step < STEPS; step++) {
                history.step();
              }
              history.end();
            });
        assertThat(yard.database.read(yard.ledger::differences)).isEmpty();
      }
    }
  }
}
