package dev.meshkore.hub.jobs;

import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Jobs on the wire.
final class JobJson {
  private final JobParts parts;

  JobJson(JobParts parts) {
    this.parts = parts;
  }

  /// The conditions of jobs that are opened now.
  ObjectNode conditions() {
    ObjectNode json = Json.object();
    json.set("escrow_above", MoneyJson.json(JobTerms.credits(parts.settings().escrowAbove())));
    json.put("transaction_bps", parts.settings().transactionBps());
    json.put("escrow_bps", parts.settings().escrowBps());
    Custody custody = parts.custody();
    if (custody != null) {
      json.putObject("on_chain")
          .put("asset", custody.asset().code())
          .put("least_atoms", custody.least())
          .put("escrow", custody.escrow().text())
          .put("operator", custody.operator().text())
          .put("fee_receiver", custody.feeReceiver().text());
    }
    return json;
  }

  /// A job in short, for one of those whom it concerns.
  ObjectNode json(Job job, long reader) {
    Position at = job.at();
    ObjectNode json = Json.object();
    json.put("job_id", job.id());
    json.put("state", at.state().word());
    addParties(json, job);
    ArrayNode roles = json.putArray("your_roles");
    job.rolesOf(reader).forEach(role -> roles.add(role.word()));
    job.terms().agreement().ifPresent(one -> json.put("negotiation_id", one.negotiationId()));
    json.put("accepted", at.isAgreed());
    json.put("escrow", job.terms().isEscrow());
    json.put("subject", job.terms().subject());
    put(json, "price", job, job.terms().price());
    addMilestones(json, job);
    put(json, "held", job, at.held());
    put(json, "released", job, at.released());
    put(json, "refunded", job, at.refunded());
    json.set("fees", fees(job));
    json.put("head", job.head());
    json.put("moves", job.moves());
    json.put("self_dealing", job.isOwn());
    addNext(json, job);
    addTime(json, "opened_at", job.openedAtMs());
    addTime(json, "funded_at", job.fundedAtMs());
    addTime(json, "submitted_at", job.submittedAtMs());
    addTime(json, "ended_at", job.endedAtMs());
    if (!job.endedBy().isEmpty()) {
      json.put("ended_by", job.endedBy());
    }
    return json;
  }

  /// All of a job.
  ObjectNode whole(Transaction transaction, Job job, long reader) throws SQLException {
    ObjectNode json = json(job, reader);
    json.set("terms", job.terms().json());
    Fundings.addTo(json, transaction, parts.custody(), job, reader == job.client());
    List<Link> chain = SqlJobs.chain(transaction, job.number());
    Optional<ObjectNode> delivered = deliverable(transaction, job, chain);
    delivered.ifPresent(one -> json.set("deliverable", one));
    ArrayNode links = json.putArray("chain");
    chain.forEach(link -> links.add(link.json()));
    return json;
  }

  void addParties(ObjectNode json, Job job) {
    json.put("client", parts.agents().idOf(job.client()));
    json.put("provider", parts.agents().idOf(job.provider()));
    if (job.evaluator() != 0) {
      json.put("evaluator", parts.agents().idOf(job.evaluator()));
    }
    json.put("arbiter", parts.idOf(job.arbiter()));
  }

  private static void addMilestones(ObjectNode json, Job job) {
    Position at = job.at();
    json.put("milestone", at.milestone() + 1);
    ArrayNode list = json.putArray("milestones");
    long sum = 0;
    for (JobTerms.Milestone one : job.terms().milestones()) {
      sum += one.atoms();
      ObjectNode shown = list.addObject();
      shown.put("name", one.name());
      shown.put("atoms", one.atoms());
      shown.put("amount", job.terms().money(one.atoms()).decimal());
      shown.put("deliver_seconds", one.deliverSeconds());
      shown.put("paid", sum <= at.released());
    }
  }

  private static ObjectNode fees(Job job) {
    FeeRates rates = job.terms().fees();
    ObjectNode json = Json.object();
    json.put("transaction_bps", rates.transaction());
    json.put("escrow_bps", rates.escrow());
    addTaken(json, job, job.taken(), job.at().released());
    addTaken(json.putObject("if_completed"), job, job.terms().takenOfAll(), job.terms().price());
    return json;
  }

  private static void addTaken(ObjectNode json, Job job, FeeRates.Taken taken, long released) {
    put(json, "transaction", job, taken.transaction());
    put(json, "escrow", job, taken.escrow());
    put(json, "received", job, released - taken.sum());
  }

  private void addNext(ObjectNode json, Job job) {
    Position at = job.at();
    ArrayNode next = json.putArray("next");
    if (at.state().isOver()) {
      return;
    }
    for (Map.Entry<Step, Set<Role>> one : Course.steps(job.terms(), at).entrySet()) {
      ObjectNode step = next.addObject();
      step.put("step", one.getKey().word());
      ArrayNode by = step.putArray("by");
      one.getValue().forEach(role -> by.add(parts.idOf(job.numberOf(role))));
    }
    json.putObject("by_time")
        .put("at", Rfc3339.text(at.dueAtMs()))
        .put("state", Course.afterTime(job.terms(), at, at.dueAtMs()).state().word());
  }

  private static void addTime(ObjectNode json, String name, long atMs) {
    if (atMs != 0) {
      json.put(name, Rfc3339.text(atMs));
    }
  }

  private static void put(ObjectNode json, String name, Job job, long atoms) {
    json.set(name, MoneyJson.json(job.terms().money(atoms)));
  }

  /// What was submitted last.
  private static Optional<ObjectNode> deliverable(
      Transaction transaction, Job job, List<Link> chain) throws SQLException {
    int milestone = 1;
    Optional<ObjectNode> last = Optional.empty();
    for (int i = 0; i < chain.size(); i++) {
      JsonNode move = chain.get(i).move();
      String step = move.path("step").asString("");
      if (step.equals(Step.SUBMIT.word())) {
        ObjectNode json = Json.object();
        json.put("milestone", milestone);
        for (String name : List.of("sha256", "uri", "note")) {
          if (move.has(name)) {
            json.set(name, move.get(name));
          }
        }
        json.put("sequence", i);
        last = Optional.of(json);
      } else if (step.equals(Step.COMPLETE.word())) {
        milestone++;
      }
    }
    if (last.isPresent()) {
      long sequence = last.get().get("sequence").longValue();
      Optional<String> output = SqlJobs.output(transaction, job.number(), sequence);
      if (output.isPresent()) {
        last.get().put("output", output.get());
      }
    }
    return last;
  }
}
