package dev.meshkore.hub.jobs;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Jobs whose money is on a chain. What a client signs to pay is handed in with its step, which is
/// taken when the money is in escrow; where another step was first, the money goes back. What the
/// chain decides is heard of from its own rows, so that nothing is lost with the hub. Thread-safe.
final class Fundings {
  private static final Logger LOG = System.getLogger(Fundings.class.getName());
  private static final int AT_ONCE = 100;
  private static final int BUSY_SECONDS = 5;

  private final JobParts parts;
  private final Jobs jobs;
  private final Escrow escrow;

  Fundings(JobParts parts, Jobs jobs, Escrow escrow) {
    this.parts = parts;
    this.jobs = jobs;
    this.escrow = escrow;
  }

  /// Takes what a client has signed, and has it handed in; the step follows when the money is
  /// there.
  Jobs.Outcome handIn(Approach.Call call, Job seen, StepDraft draft) {
    Caller.OfAgent caller = call.caller();
    var actor = new Jobs.Actor(caller.number(), caller.id(), call);
    OnChain terms = seen.terms().chain().orElseThrow();
    Custody custody = custody(parts.custody());
    boolean isKnown = parts.database().read(reader -> isKnown(reader, actor, seen.id(), draft));
    if (isKnown) {
      return Jobs.Outcome.of(seen, false);
    }
    // What may not be done now asks nothing of the chain.
    var _ =
        parts
            .database()
            .read(reader -> {
              jobs.check(reader, actor, seen, draft, parts.time().millis());
              checkPayer(reader, seen);
              return true;
            });
    JsonNode payment = draft.payment().orElseThrow();
    return switch (custody.check(terms.deal(seen.terms()), seen.id(), payment)) {
      case Custody.Checked.Wrong wrong -> throw refused(wrong.reason());
      case Custody.Checked.Fine fine ->
          parts
              .approach()
              .writeRated(
                  call, transaction -> handIn(transaction, actor, seen.id(), draft, fine.signed()));
    };
  }

  /// Refuses a step that pays nothing.
  static void checkPayment(StepDraft draft) {
    if (draft.payment().isEmpty()) {
      throw Refused.field(
          "payment",
          "payment is required: what the client's wallet signs for the job's payment_requirements");
    }
  }

  /// The rules that are asked are the client's, so no other agent's key pays, not even by one that
  /// it gave up: whoever is kept from paying would have another open its jobs.
  private void checkPayer(Transaction reader, Job job) throws SQLException {
    Address payer = job.terms().chain().orElseThrow().payer();
    Optional<KeyAddresses.Holder> holder = parts.addresses().holder(reader, payer.hex());
    if (holder.filter(one -> one.agent().number() != job.client()).isPresent()) {
      throw Refused.field(
          "payment", "payer is the address of another agent's key, which pays for no job of yours");
    }
  }

  private static Refused refused(String reason) {
    return reason.equals("unexpected_verify_error")
        ? Refused.later(ProblemType.BUSY, "The chain cannot be asked now", BUSY_SECONDS)
        : Refused.field("payment", "The money would not go into escrow: " + reason);
  }

  private boolean isKnown(Transaction reader, Jobs.Actor actor, String id, StepDraft draft)
      throws SQLException {
    Job now = SqlJobs.find(reader, id).orElseThrow(Jobs::unknown);
    Optional<String> hash = jobs.hashAfter(reader, now, actor, draft);
    return hash.isPresent()
        && (SqlJobs.sequenceOf(reader, now.number(), hash.get()).isPresent()
            || SqlFundings.isOpen(reader, now.number(), hash.get()));
  }

  private Jobs.Outcome handIn(
      Transaction transaction, Jobs.Actor actor, String id, StepDraft draft, Custody.Signed signed)
      throws SQLException {
    Job before = SqlJobs.find(transaction, id).orElseThrow(Jobs::unknown);
    if (isKnown(transaction, actor, id, draft)) {
      return Jobs.Outcome.of(before, false);
    }
    long now = parts.time().millis();
    jobs.check(transaction, actor, before, draft, now);
    checkPayer(transaction, before);
    ObjectNode move = jobs.move(before, before.moves(), actor.id(), draft);
    var link = new Link(move, jobs.proof(transaction, actor, draft, move), now);
    if (!SqlFundings.insert(transaction, before.number(), signed.payment(), link)) {
      throw Jobs.outOfTurn(before, "Money for it is on its way already");
    }
    if (!custody(parts.custody()).authorize(transaction, signed)) {
      throw refused("nonce_already_used");
    }
    escrow.reserve(transaction, before, call(actor));
    parts
        .audit()
        .record(
            transaction,
            Leaf.of("job.funding", actor.id(), id)
                .with("payment", signed.payment())
                .about(Canonical.bytes(link.json())));
    return Jobs.Outcome.of(before, true);
  }

  private static Approach.Call call(Jobs.Actor actor) {
    Approach.Call call = actor.call();
    if (call == null) {
      throw new IllegalStateException("Only its client pays for a job");
    }
    return call;
  }

  /// Goes on with what the chain has decided since. What fails is tried again with the next look.
  void look() {
    Custody custody = parts.custody();
    if (custody == null) {
      return;
    }
    for (Custody.Ordered one : custody.unheard(AT_ONCE)) {
      try {
        var _ =
            parts
                .database()
                .write(transaction -> {
                  if (custody.heard(transaction, one)) {
                    decided(transaction, custody, one);
                  }
                  return true;
                });
      } catch (RuntimeException failure) {
        LOG.log(Level.WARNING, "A job could not go on with its money; it is tried again", failure);
      }
    }
  }

  private void decided(Transaction transaction, Custody custody, Custody.Ordered one)
      throws SQLException {
    Optional<Job> found = SqlJobs.find(transaction, one.about());
    if (found.isEmpty()) {
      return;
    }
    Job job = found.get();
    switch (one.what()) {
      case AUTHORIZE -> {
        Optional<SqlFundings.Funding> funding =
            SqlFundings.open(transaction, job.number(), one.payment());
        if (funding.isPresent()) {
          paidIn(transaction, custody, job, funding.get(), one);
        }
      }
      case CAPTURE -> tell(transaction, job, one, List.of(job.client(), job.provider()));
      case VOID -> tell(transaction, job, one, List.of(job.client()));
    }
  }

  private void paidIn(
      Transaction transaction,
      Custody custody,
      Job job,
      SqlFundings.Funding funding,
      Custody.Ordered one)
      throws SQLException {
    boolean isIn = one.progress() == Custody.Progress.DONE;
    boolean isNext =
        job.at().state() == JobState.OPEN
            && funding.link().move().path("previous").asString("").equals(job.head());
    String state = isIn ? (isNext ? "done" : "late") : "failed";
    SqlFundings.end(transaction, funding.number(), state, one.reason());
    if (isIn && isNext) {
      jobs.funded(transaction, job, funding.link());
    } else {
      escrow.giveBack(transaction, job);
      if (isIn) {
        custody.cancel(transaction, one.payment());
      }
    }
    tell(transaction, job, one, List.of(job.client()));
  }

  /// Has agents told of what became of money. No word of another agent is in it.
  private void tell(Transaction transaction, Job job, Custody.Ordered one, List<Long> agents)
      throws SQLException {
    ObjectNode notice = Json.object();
    notice.put("notice", "job-money");
    notice.put("job_id", job.id());
    addTo(notice, one);
    notice.put("what_to_do", "GET /jobs/" + job.id());
    for (long agent : agents) {
      parts.outbox().tell(transaction, agent, notice);
    }
  }

  private static void addTo(ObjectNode json, Custody.Ordered one) {
    json.put("what", one.what().word());
    json.put("atoms", one.atoms());
    json.put("state", one.progress().word());
    if (!one.reason().isEmpty()) {
      json.put("reason", one.reason());
    }
    if (!one.transaction().isEmpty()) {
      json.put("transaction", one.transaction());
    }
  }

  /// Adds what there is on the chain for a job.
  static void addTo(
      ObjectNode json, Transaction reader, @Nullable Custody custody, Job job, boolean isClient)
      throws SQLException {
    Optional<OnChain> terms = job.terms().chain();
    if (terms.isEmpty()) {
      return;
    }
    Optional<SqlFundings.Funding> funding = SqlFundings.newest(reader, job.number());
    if (funding.isPresent() && job.at().state() == JobState.OPEN) {
      ObjectNode shown = json.putObject("funding");
      shown.put("state", funding.get().state());
      if (!funding.get().reason().isEmpty()) {
        shown.put("reason", funding.get().reason());
      }
    }
    ArrayNode list = json.putArray("on_chain");
    if (custody == null) {
      return;
    }
    for (Custody.Ordered one : custody.about(reader, job.id())) {
      addTo(list.addObject(), one);
    }
    if (isClient && job.at().state() == JobState.OPEN) {
      json.set("payment_requirements", custody.requirements(terms.get().deal(job.terms())));
    }
  }

  static Custody custody(@Nullable Custody custody) {
    if (custody == null) {
      throw new Refused(ProblemType.NOT_ALLOWED, "The hub settles on no chain now");
    }
    return custody;
  }
}
