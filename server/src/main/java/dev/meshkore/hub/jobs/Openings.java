package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.market.Agreed;
import dev.meshkore.hub.market.Ids;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/// Opens jobs, from an agreement of the market or directly. Thread-safe.
final class Openings {
  private static final long OPEN_MAX = 200;

  private final JobParts parts;
  private final Signatures signatures;
  private final Jobs jobs;

  Openings(JobParts parts, Signatures signatures, Jobs jobs) {
    this.parts = parts;
    this.signatures = signatures;
    this.jobs = jobs;
  }

  /// All that opening a job comes to.
  private record Plan(
      Role opener,
      long client,
      long provider,
      long evaluator,
      long arbiter,
      JobTerms terms,
      Optional<Agreed> agreed,
      ObjectNode move) {
    long other() {
      return opener == Role.CLIENT ? provider : client;
    }
  }

  /// Opens one, or answers what would be signed. The call has taken a token of its caller's rate.
  Jobs.Outcome open(Approach.Call call, JobDraft draft) {
    Caller.OfAgent caller = call.caller();
    String id = draft.id().orElseGet(() -> Ids.make("job_", parts.random()));
    if (draft.isPrepared()) {
      return Jobs.Outcome.prepared(
          parts.database().read(reader -> plan(reader, caller, id, draft).move()));
    }
    return parts
        .approach()
        .writeRated(
            call,
            transaction -> {
              Plan plan = plan(transaction, caller, id, draft);
              Optional<Job> known = SqlJobs.find(transaction, id);
              if (known.isPresent()) {
                return Jobs.Outcome.of(same(transaction, known.get(), plan), false);
              }
              check(transaction, call, plan);
              return Jobs.Outcome.of(opened(transaction, caller, id, draft, plan), true);
            });
  }

  private Plan plan(Transaction reader, Caller.OfAgent caller, String id, JobDraft draft)
      throws SQLException {
    Optional<Agreed> agreed =
        draft.negotiationId().isPresent()
            ? Optional.of(agreed(reader, caller, draft.negotiationId().get()))
            : Optional.empty();
    Role opener = opener(caller, draft, agreed);
    long other =
        draft
            .provider()
            .or(draft::client)
            .map(name -> numberOf(name))
            .or(() -> agreed.map(one -> opener == Role.CLIENT ? one.seller() : one.buyer()))
            .orElseThrow();
    if (other == caller.number()) {
      throw Refused.field(
          draft.client().isPresent() ? "client" : "provider", "The other side is another agent");
    }
    long client = opener == Role.CLIENT ? caller.number() : other;
    long provider = opener == Role.CLIENT ? other : caller.number();
    if (agreed.isPresent()
        && (agreed.get().buyer() != client || agreed.get().seller() != provider)) {
      throw Refused.field("negotiation_id", "The agreement is between others");
    }
    long evaluator = draft.evaluator().isEmpty() ? 0 : numberOf(draft.evaluator());
    long arbiter = draft.arbiter().equals(Agents.HUB_ID) ? Job.OPERATOR : numberOf(draft.arbiter());
    if (evaluator != 0 && isOneOf(reader, evaluator, List.of(client, provider))) {
      throw Refused.field(
          "evaluator", "evaluator must be a third agent, and not of the owner of either side");
    }
    if (arbiter != Job.OPERATOR && isOneOf(reader, arbiter, List.of(client, provider, evaluator))) {
      throw Refused.field(
          "arbiter",
          "arbiter must be neither side, not the evaluator, and not of the owner of any of them");
    }
    JobTerms plain = draft.terms(parts.settings(), agreed);
    JobTerms terms = plain;
    if (draft.chain().isPresent()) {
      long now = parts.time().instant().getEpochSecond();
      OptionalLong known = deadline(reader, id);
      terms = draft.chain().get().terms(parts.custody(), plain, now, known);
    }
    ObjectNode move = jobs.move(id, 0, null, Step.OPEN, caller.id());
    move.put("client", parts.agents().idOf(client));
    move.put("provider", parts.agents().idOf(provider));
    move.set("terms", terms.json());
    return new Plan(opener, client, provider, evaluator, arbiter, terms, agreed, move);
  }

  /// The deadline of the job that the same call has opened: the time of each call would make
  /// another.
  private static OptionalLong deadline(Transaction reader, String id) throws SQLException {
    Optional<OnChain> known = SqlJobs.find(reader, id).flatMap(job -> job.terms().chain());
    return known.isPresent()
        ? OptionalLong.of(known.get().captureDeadline())
        : OptionalLong.empty();
  }

  /// Whether an agent is one of others, or belongs to the owner of one.
  private boolean isOneOf(Transaction reader, long agent, List<Long> others) throws SQLException {
    for (long other : others) {
      if (agent == other || (other != 0 && parts.areKin(reader, agent, other))) {
        return true;
      }
    }
    return false;
  }

  private static Role opener(Caller.OfAgent caller, JobDraft draft, Optional<Agreed> agreed) {
    if (draft.provider().isPresent()) {
      return Role.CLIENT;
    }
    boolean isSeller = agreed.filter(one -> one.seller() == caller.number()).isPresent();
    return draft.client().isPresent() || isSeller ? Role.PROVIDER : Role.CLIENT;
  }

  private Agreed agreed(Transaction reader, Caller.OfAgent caller, String negotiationId)
      throws SQLException {
    return Market.agreed(reader, negotiationId, parts.time().millis())
        .filter(one -> one.buyer() == caller.number() || one.seller() == caller.number())
        .orElseThrow(() ->
            new Refused(ProblemType.UNKNOWN_NEGOTIATION, "There is no such agreement of yours"));
  }

  private long numberOf(String agent) {
    return parts
        .agents()
        .numberOf(agent)
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_RECIPIENT, "No agent has this agent_id"));
  }

  /// The job that the same call opened.
  private static Job same(Transaction transaction, Job known, Plan plan) throws SQLException {
    String first = SqlJobs.chain(transaction, known.number()).getFirst().hash();
    if (!first.equals(Canonical.hash(plan.move()))) {
      throw Refused.field("job_id", "This job_id was used before");
    }
    return known;
  }

  private void check(Transaction transaction, Approach.Call call, Plan plan) throws SQLException {
    long own = call.caller().number();
    Optional<String> negotiation = plan.terms().agreement().map(JobTerms.Agreement::negotiationId);
    if (plan.agreed().filter(one -> !one.isStanding()).isPresent()) {
      throw Refused.field("negotiation_id", "The agreement is over");
    }
    if (negotiation.isPresent() && SqlJobs.hasAgreement(transaction, negotiation.get())) {
      throw Refused.field("negotiation_id", "The agreement has a job");
    }
    if (SqlJobs.openCount(transaction, own) >= OPEN_MAX) {
      throw Refused.later(ProblemType.TOO_MANY_OPEN, "You have opened " + OPEN_MAX + " jobs", 60);
    }
    boolean hasAgreed = plan.agreed().isPresent();
    parts.approach().check(transaction, call, plan.other(), hasAgreed, false);
    for (long third : new long[] {plan.evaluator(), plan.arbiter()}) {
      if (third != Job.OPERATOR) {
        parts.approach().check(transaction, call, third, false, false);
      }
    }
  }

  private Job opened(
      Transaction transaction, Caller.OfAgent caller, String id, JobDraft draft, Plan plan)
      throws SQLException {
    long now = parts.time().millis();
    ObjectNode move = plan.move();
    var link =
        new Link(move, signatures.prove(transaction, caller, move, draft.signature(), true), now);
    var job =
        new Job(
            0,
            id,
            plan.client(),
            plan.provider(),
            plan.evaluator(),
            plan.arbiter(),
            plan.terms(),
            Position.opened(plan.terms(), plan.opener(), now),
            link.hash(),
            1,
            parts.areKin(transaction, plan.client(), plan.provider()),
            now,
            0,
            0,
            0,
            "");
    if (!SqlJobs.insert(transaction, job)) {
      throw Transaction.raceLost();
    }
    Job stored = SqlJobs.find(transaction, id).orElseThrow();
    SqlJobs.insertMove(transaction, stored.number(), 0, caller.number(), Step.OPEN, link);
    jobs.record(transaction, stored, Step.OPEN, link, caller.id());
    jobs.tell(transaction, stored, Step.OPEN, caller.id(), plan.other());
    return stored;
  }
}
