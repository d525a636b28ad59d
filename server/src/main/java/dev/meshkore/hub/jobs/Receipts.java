package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Seal;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Receipts of jobs: documents that stand by themselves. Every step with its proof, chained by
/// hashes, every transfer, and the hub's signature over the whole. Whoever has one checks it
/// without the hub.
public final class Receipts {
  private static final String TYPE = "meshkore-job-receipt";

  private final JobParts parts;
  private final Seal seal;
  private final JobJson shown;

  Receipts(JobParts parts, Seal seal) {
    this.parts = parts;
    this.seal = seal;
    this.shown = new JobJson(parts);
  }

  /// The receipt of a job as it is now.
  ObjectNode of(Job job) {
    ObjectNode json = parts.database().read(reader -> receipt(reader, job.id()));
    seal.put(json);
    return json;
  }

  private ObjectNode receipt(Transaction reader, String id) throws SQLException {
    Job job = SqlJobs.find(reader, id).orElseThrow();
    ObjectNode json = Json.object();
    json.put("v", 1);
    json.put("type", TYPE);
    json.put("hub", parts.hubUrl().get());
    json.put("job_id", job.id());
    json.put("state", job.at().state().word());
    shown.addParties(json, job);
    json.put("self_dealing", job.isOwn());
    json.set("terms", job.terms().json());
    json.put("price_atoms", job.terms().price());
    json.put("held", job.at().held());
    json.put("released", job.at().released());
    json.put("refunded", job.at().refunded());
    FeeRates.Taken taken = job.taken();
    json.putObject("fees").put("transaction", taken.transaction()).put("escrow", taken.escrow());
    ArrayNode transfers = json.putArray("transfers");
    Fundings.addTo(json, reader, parts.custody(), job, false);
    List<Link> chain = SqlJobs.chain(reader, job.number());
    for (int i = 0; i < chain.size(); i++) {
      addTransfers(reader, transfers, job, i);
    }
    ArrayNode links = json.putArray("chain");
    chain.forEach(link -> links.add(link.json()));
    json.put("head", job.head());
    return json;
  }

  private void addTransfers(Transaction reader, ArrayNode list, Job job, int sequence)
      throws SQLException {
    Optional<Transfer> next = parts.ledger().find(reader, Escrow.orderId(job, sequence, 0));
    for (int i = 1; next.isPresent(); i++) {
      Transfer transfer = next.get();
      list.addObject()
          .put("transfer_id", "t" + transfer.number())
          .put("purpose", transfer.purpose())
          .put("from", party(transfer.debit()))
          .put("to", party(transfer.credit()))
          .put("atoms", transfer.amount().atoms())
          .put("at", Rfc3339.text(transfer.madeAtMs()));
      next = parts.ledger().find(reader, Escrow.orderId(job, sequence, i));
    }
  }

  private String party(Account.Name name) {
    return name.agent() == 0 ? name.word() : parts.agents().idOf(name.agent());
  }

  /// What is wrong with a document that says it is a receipt; nothing where the hub has signed it,
  /// every step follows the one before, and is by whom it says.
  ///
  /// @param hubKeys the hub's key set, as its `/.well-known/jwks.json` answers it
  public static List<String> faults(byte[] document, JsonNode hubKeys) {
    try {
      return Json.own(document) instanceof ObjectNode json
          ? faults(json, hubKeys)
          : List.of("It is no object");
    } catch (RuntimeException _) {
      return List.of("It cannot be read");
    }
  }

  private static List<String> faults(ObjectNode json, JsonNode hubKeys) {
    var faults = new ArrayList<String>();
    if (!Seal.isBy(hubKeys, json)) {
      faults.add("No key of the hub has signed it");
    }
    if (json.path("v").asInt(0) != 1 || !text(json, "type").equals(TYPE)) {
      faults.add("It is no receipt of version 1");
    }
    List<JsonNode> chain = json.path("chain").valueStream().toList();
    String before = "";
    for (int i = 0; i < chain.size(); i++) {
      JsonNode move = chain.get(i).path("move");
      String at = "Step " + i + ": ";
      String hash = Canonical.hash(move);
      if (!text(chain.get(i), "hash").equals(hash)) {
        faults.add(at + "its hash is not its own");
      }
      if (!text(move, "previous").equals(before) || move.path("sequence").asInt(-1) != i) {
        faults.add(at + "it does not follow the one before");
      }
      if (!text(move, "type").equals(Jobs.TYPE)
          || !text(move, "job_id").equals(text(json, "job_id"))) {
        faults.add(at + "it is of another job");
      }
      Signatures.fault(chain.get(i)).ifPresent(fault -> faults.add(at + fault));
      before = hash;
    }
    if (chain.isEmpty() || !text(json, "head").equals(before)) {
      faults.add("The head is not the last step");
    } else if (!chain.getFirst().path("move").path("terms").equals(json.path("terms"))) {
      faults.add("The terms are not those that it was opened with");
    }
    long price = json.path("price_atoms").asLong(-1);
    long sum =
        json.path("held").asLong(-1)
            + json.path("released").asLong(-1)
            + json.path("refunded").asLong(-1);
    if (json.path("terms").path("escrow").asBoolean(false) && sum != 0 && sum != price) {
      faults.add("What is held, released and refunded is not what was paid in");
    }
    return faults;
  }

  private static String text(JsonNode json, String name) {
    return json.path(name).asString("");
  }
}
