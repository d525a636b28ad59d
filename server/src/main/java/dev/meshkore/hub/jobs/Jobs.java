package dev.meshkore.hub.jobs;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes jobs from step to step. Each is a link of the job's chain, moves what money it moves, is
/// taken down in the audit and told to the others, all in one transaction. Who is a party to a job
/// that both have agreed to is kept from its steps by nobody but whoever may stop it. Thread-safe.
final class Jobs {
  /// What the first member of each step says.
  static final String TYPE = "meshkore-job";

  private static final int EVIDENCE_MAX = 20;

  /// What became of a call.
  ///
  /// @param isNew false where it had been made before
  /// @param prepared what is to be signed, where the call asked for no more
  record Outcome(Optional<Job> job, boolean isNew, Optional<ObjectNode> prepared) {
    static Outcome of(Job job, boolean isNew) {
      return new Outcome(Optional.of(job), isNew, Optional.empty());
    }

    static Outcome prepared(ObjectNode move) {
      return new Outcome(Optional.empty(), false, Optional.of(Signatures.prepared(move)));
    }
  }

  /// Who takes a step.
  ///
  /// @param number the agent's, or [Job#OPERATOR]
  /// @param call the agent's call, or null for the operator
  record Actor(long number, String id, Approach.@Nullable Call call) {}

  private final JobParts parts;
  private final Signatures signatures;
  private final Escrow escrow;
  private volatile EndedJob.Follower follower = EndedJob.Follower.NONE;

  Jobs(JobParts parts, Signatures signatures, Escrow escrow) {
    this.parts = parts;
    this.signatures = signatures;
    this.escrow = escrow;
  }

  /// Tells of jobs that end from now on.
  void heed(EndedJob.Follower heeding) {
    follower = heeding;
  }

  /// The job of an id, if the caller is a part of it; the operator is of those that the hub may
  /// have to decide.
  Job find(Caller caller, String id) {
    // Asked before the job is looked for: who can have none learns nothing.
    long number = numberOf(caller);
    return parts
        .database()
        .read(reader -> SqlJobs.find(reader, id))
        .filter(job -> !job.rolesOf(number).isEmpty())
        .orElseThrow(Jobs::unknown);
  }

  /// How jobs know a caller.
  static long numberOf(Caller caller) {
    return switch (caller) {
      case Caller.OfAgent agent -> agent.number();
      case Caller.Admin _ -> Job.OPERATOR;
      case Caller.OfOwner _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents and the operator");
    };
  }

  /// Takes a step for an agent, whose call has taken a token of its rate.
  Outcome step(Approach.Call call, String id, StepDraft draft) {
    Caller.OfAgent caller = call.caller();
    var actor = new Actor(caller.number(), caller.id(), call);
    Job now = find(caller, id);
    draft.checkOutput(now.terms());
    if (draft.payment().isPresent() && now.terms().chain().isEmpty()) {
      throw Refused.field("payment", "This job is paid in credits, by its step alone");
    }
    if (draft.step() == Step.FUND && now.terms().chain().isPresent()) {
      return fund(call, now, draft);
    }
    if (draft.isPrepared()) {
      return Outcome.prepared(move(now, now.moves(), actor.id(), draft));
    }
    return parts.approach().writeRated(call, transaction -> step(transaction, actor, id, draft));
  }

  /// The step holds what the client's wallet has signed, and is taken when the money is there.
  private Outcome fund(Approach.Call call, Job now, StepDraft draft) {
    Fundings.checkPayment(draft);
    return draft.isPrepared()
        ? Outcome.prepared(move(now, now.moves(), call.caller().id(), draft))
        : new Fundings(parts, this, escrow).handIn(call, now, draft);
  }

  /// Takes a step for the operator, who decides where the hub is the arbiter.
  Outcome stepOfOperator(String id, StepDraft draft) {
    var actor = new Actor(Job.OPERATOR, Agents.HUB_ID, null);
    Job now = find(new Caller.Admin(), id);
    if (draft.isPrepared()) {
      return Outcome.prepared(move(now, now.moves(), actor.id(), draft));
    }
    return parts.database().write(transaction -> step(transaction, actor, id, draft));
  }

  private Outcome step(Transaction transaction, Actor actor, String id, StepDraft draft)
      throws SQLException {
    Job before =
        SqlJobs.find(transaction, id)
            .filter(job -> !job.rolesOf(actor.number()).isEmpty())
            .orElseThrow(Jobs::unknown);
    Optional<String> hash = hashAfter(transaction, before, actor, draft);
    if (hash.isPresent()
        && SqlJobs.sequenceOf(transaction, before.number(), hash.get()).isPresent()) {
      return Outcome.of(before, false);
    }
    long now = parts.time().millis();
    check(transaction, actor, before, draft, now);
    ObjectNode move = move(before, before.moves(), actor.id(), draft);
    var link = new Link(move, proof(transaction, actor, draft, move), now);
    Position after = Course.after(before.terms(), before.at(), draft.step(), draft.share(), now);
    Job job = made(transaction, before, after, draft.step(), link, actor);
    if (draft.output().isPresent()) {
      SqlJobs.insertOutput(transaction, job.number(), before.moves(), draft.output().get());
    }
    return Outcome.of(job, true);
  }

  /// What a step is known by that follows the one it names, if that is one of the job's.
  Optional<String> hashAfter(Transaction reader, Job job, Actor actor, StepDraft draft)
      throws SQLException {
    OptionalLong previous = SqlJobs.sequenceOf(reader, job.number(), draft.previous());
    return previous.isPresent()
        ? Optional.of(Canonical.hash(move(job, previous.getAsLong() + 1, actor.id(), draft)))
        : Optional.empty();
  }

  /// Takes the step that was signed with a payment, now that the money is there.
  void funded(Transaction transaction, Job before, Link signed) throws SQLException {
    long now = parts.time().millis();
    var link = new Link(signed.move(), signed.proof(), now);
    var client = new Actor(before.client(), parts.agents().idOf(before.client()), null);
    Position after = Course.after(before.terms(), before.at(), Step.FUND, 0, now);
    var _ = made(transaction, before, after, Step.FUND, link, client);
  }

  JsonNode proof(Transaction transaction, Actor actor, StepDraft draft, ObjectNode move)
      throws SQLException {
    Approach.Call call = actor.call();
    return call == null
        ? Signatures.byHub("admin")
        : signatures.prove(transaction, call.caller(), move, draft.signature(), true);
  }

  void check(Transaction transaction, Actor actor, Job before, StepDraft draft, long now)
      throws SQLException {
    if (!draft.previous().equals(before.head())) {
      throw outOfTurn(before, "Another step was taken since; read the job again");
    }
    if (before.at().state().isOver()) {
      throw outOfTurn(before, "The job is over");
    }
    if (now >= before.at().dueAtMs()) {
      throw outOfTurn(before, "The time for it has passed");
    }
    Set<Role> roles = Course.steps(before.terms(), before.at()).get(draft.step());
    if (roles == null) {
      throw outOfTurn(before, "A job that is " + word(before) + " takes no such step");
    }
    if (roles.stream().noneMatch(before.rolesOf(actor.number())::contains)) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "This step is for: " + String.join(", ", roles.stream().map(Role::word).toList()));
    }
    checkThird(transaction, actor, before);
    checkBounds(transaction, actor, before, draft);
    Approach.Call call = actor.call();
    if (call == null) {
      return;
    }
    if (draft.step() == Step.ACCEPT) {
      long other = actor.number() == before.client() ? before.provider() : before.client();
      parts.approach().check(transaction, call, other, true, true);
    } else if (!draft.step().isHarmless()) {
      parts.acting().check(transaction, actor.number());
    }
  }

  /// Who decides between others may have been taken in by the owner of one of them since.
  private void checkThird(Transaction transaction, Actor actor, Job before) throws SQLException {
    boolean isThird =
        !Set.of(Job.OPERATOR, before.client(), before.provider()).contains(actor.number());
    if (isThird
        && (parts.areKin(transaction, actor.number(), before.client())
            || parts.areKin(transaction, actor.number(), before.provider()))) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "You belong to the owner of one of the sides, and decide nothing");
    }
  }

  private static void checkBounds(Transaction transaction, Actor actor, Job before, StepDraft draft)
      throws SQLException {
    long held = before.at().held();
    long share = draft.share();
    if (share > held || (share > 0 && share < JobDraft.PART_ATOMS_MIN)) {
      throw Refused.field(
          "amount",
          "amount must be nothing, or from "
              + before.terms().money(JobDraft.PART_ATOMS_MIN)
              + " to "
              + before.terms().money(held));
    }
    boolean isEvidence = draft.step() == Step.EVIDENCE;
    if (isEvidence
        && SqlJobs.stepCount(transaction, before.number(), actor.number(), Step.EVIDENCE)
            >= EVIDENCE_MAX) {
      throw Refused.field("step", "Evidence is given " + EVIDENCE_MAX + " times by each");
    }
  }

  private static String word(Job job) {
    return job.at().state().word();
  }

  ObjectNode move(Job job, long sequence, String from, StepDraft draft) {
    ObjectNode move = move(job.id(), sequence, draft.previous(), draft.step(), from);
    draft.addTo(move);
    return move;
  }

  /// The members that every step has.
  ObjectNode move(String id, long sequence, @Nullable String previous, Step step, String from) {
    ObjectNode move = Json.object();
    move.put("v", 1);
    move.put("type", TYPE);
    move.put("hub", parts.hubUrl().get());
    move.put("job_id", id);
    move.put("sequence", sequence);
    move.put("previous", previous);
    move.put("step", step.word());
    move.put("from", from);
    return move;
  }

  private Job made(
      Transaction transaction, Job before, Position after, Step step, Link link, Actor actor)
      throws SQLException {
    boolean isByTime = actor.number() == Job.OPERATOR && step != Step.RESOLVE;
    Job job = before.after(after, link.hash(), isByTime ? "time" : step.word(), link.atMs());
    if (!SqlJobs.advance(transaction, job, before.head())) {
      throw Transaction.raceLost();
    }
    escrow.move(transaction, before, after, actor.call(), actor.id());
    SqlJobs.insertMove(transaction, job.number(), before.moves(), actor.number(), step, link);
    record(transaction, job, step, link, actor.id());
    tell(transaction, job, step, actor);
    if (step == Step.COMPLETE && job.at().state().isOver() && !isByTime) {
      // Whoever accepts the work says that the agreement was kept; that nobody said anything is no
      // word for it.
      Optional<JobTerms.Agreement> agreement = job.terms().agreement();
      if (agreement.isPresent()) {
        parts.agreements().delivered(transaction, agreement.get().negotiationId(), actor.id());
      }
    }
    if (after.state().isOver()) {
      follower.ended(transaction, EndedJob.of(transaction, before, job, step));
    }
    return job;
  }

  /// Takes a step down in the audit.
  void record(Transaction transaction, Job job, Step step, Link link, String by)
      throws SQLException {
    parts
        .audit()
        .record(
            transaction,
            Leaf.of("job." + step.word(), by, job.id())
                .with("sequence", job.moves() - 1)
                .with("state", word(job))
                .about(Canonical.bytes(link.json())));
  }

  private void tell(Transaction transaction, Job job, Step step, Actor actor) throws SQLException {
    Set<Long> concerned = new LinkedHashSet<>(List.of(job.provider(), job.client()));
    if (step == Step.SUBMIT || job.rolesOf(actor.number()).contains(Role.EVALUATOR)) {
      concerned.add(job.evaluator());
    }
    if (job.at().state() == JobState.DISPUTED || step == Step.RESOLVE) {
      concerned.add(job.arbiter());
    }
    // The operator and nobody have no inbox; the clock told itself.
    concerned.removeAll(List.of(Job.OPERATOR, actor.number()));
    for (long agent : concerned) {
      tell(transaction, job, step, actor.id(), agent);
    }
  }

  /// Has an agent told of a step. No word of another agent is in it.
  void tell(Transaction transaction, Job job, Step step, String from, long agent)
      throws SQLException {
    ObjectNode notice = Json.object();
    notice.put("notice", "job-step");
    notice.put("job_id", job.id());
    notice.put("step", step.word());
    notice.put("from", from);
    notice.put("state", word(job));
    notice.put("head", job.head());
    notice.put("what_to_do", "GET /jobs/" + job.id());
    parts.outbox().tell(transaction, agent, notice);
  }

  /// Lets time go on with a job whose time has passed; one that somebody was first with is left.
  void goOn(String id) {
    var _ = parts.database().write(transaction -> goOn(transaction, id));
  }

  private boolean goOn(Transaction transaction, String id) throws SQLException {
    long now = parts.time().millis();
    Job before = SqlJobs.find(transaction, id).orElseThrow();
    if (before.at().state().isOver() || now < before.at().dueAtMs()) {
      return false;
    }
    Step step = Course.dueStep(before.terms(), before.at());
    ObjectNode move = move(id, before.moves(), before.head(), step, Agents.HUB_ID);
    var link = new Link(move, Signatures.byHub("clock"), now);
    Position after = Course.afterTime(before.terms(), before.at(), now);
    var clock = new Actor(Job.OPERATOR, Agents.HUB_ID, null);
    var _ = made(transaction, before, after, step, link, clock);
    return true;
  }

  static Refused outOfTurn(Job job, String detail) {
    return new Refused(
        ProblemType.OUT_OF_TURN, detail, Map.of("state", word(job), "head", job.head()));
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_JOB, "There is no such job of yours");
  }
}
