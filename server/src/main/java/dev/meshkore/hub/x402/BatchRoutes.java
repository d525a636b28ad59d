package dev.meshkore.hub.x402;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.deeds.Seal;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Batches of signed payments over HTTP. What the hub says of a batch names nobody and is for all
/// who are known here; what it comes to for an agent is for that agent, and for the operator.
final class BatchRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;
  private static final Pattern BATCH = Pattern.compile("b([1-9][0-9]{0,17})");
  private static final Pattern TRANSFER = Pattern.compile("t([1-9][0-9]{0,17})");

  /// A payment, and where it is.
  private record Proven(Batch batch, BatchedPayment payment, int position) {}

  private final X402Parts parts;
  private final Callers callers;
  private final Seal seal;

  BatchRoutes(X402Parts parts, Callers callers) {
    this.parts = parts;
    this.callers = callers;
    this.seal = new Seal(parts.signingKeys(), parts.hubUrl());
  }

  void addTo(Router router) {
    router
        .get("/x402/batches", callers.any((request, _) -> list(request)))
        .get("/x402/batches/{batch_id}", callers.any(this::show))
        .get("/x402/payments/{transfer_id}/proof", callers.reader(this::proof));
  }

  private Response list(Request request) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long below = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    List<SqlBatches.Said> found =
        parts.database().read(reader -> SqlBatches.page(reader, below, limit + 1));
    List<SqlBatches.Said> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("batches");
    page.forEach(one -> list.add(Json.own(one.statement().getBytes(StandardCharsets.UTF_8))));
    body.put("next", found.size() > limit ? Long.toString(page.getLast().number()) : null);
    return Response.json(200, body);
  }

  private Response show(Request request, Caller caller) {
    OptionalLong number = number(BATCH, request.name("batch_id"));
    Batch batch =
        parts
            .database()
            .read(reader -> SqlBatches.find(reader, number.orElse(0)))
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_BATCH, "No batch has this batch_id"));
    ObjectNode body = statement(batch);
    ObjectNode nets = (ObjectNode) Json.own(batch.nets().getBytes(StandardCharsets.UTF_8));
    switch (caller) {
      case Caller.Admin _ -> body.set("nets", nets);
      case Caller.OfAgent agent -> body.set("nets", Nets.of(agent.id(), nets));
      case Caller.OfOwner _ -> {
        // An owner's agents ask for themselves.
      }
    }
    return Response.json(200, body);
  }

  /// What the hub says of a batch, signed by the key of now, and where the audit log has it.
  private ObjectNode statement(Batch batch) {
    ObjectNode said = batch.said();
    seal.put(said);
    ObjectNode body = Json.object();
    body.set("statement", said);
    parts
        .database()
        .read(reader -> Audit.leafOf(reader, batch.act()))
        .ifPresent(leaf -> body.put("audit_leaf", leaf));
    return body;
  }

  private Response proof(Request request, Caller.OfAgent caller) {
    Proven proven =
        parts
            .database()
            .read(reader -> proven(reader, caller, number(TRANSFER, request.name("transfer_id"))));
    List<SumTree.Node> leaves = proven.batch().leaves();
    ObjectNode body = Json.object();
    body.set("leaf", proven.payment().leaf(proven.position()));
    ArrayNode path = body.putArray("path");
    for (SumTree.Step step : SumTree.path(proven.position(), leaves)) {
      path.addObject()
          .put("side", step.isLeft() ? "left" : "right")
          .put("hash", Batches.hex(step.node().hash()))
          .put("sum_atoms", Long.toString(step.node().sum()));
    }
    body.setAll(statement(proven.batch()));
    return Response.json(200, body);
  }

  private Proven proven(Transaction reader, Caller.OfAgent caller, OptionalLong number)
      throws SQLException {
    Transfer transfer = Batches.own(parts.ledger(), reader, caller, number);
    SqlX402.Row signed =
        SqlX402.find(reader, transfer.number()).orElseThrow(Batches::unknownTransfer);
    Transfer newest = parts.ledger().endOf(reader, transfer).orElse(transfer);
    if (signed.batch() == 0) {
      boolean isOver = newest.kind() == Transfer.Kind.VOID || newest.kind() == Transfer.Kind.EXPIRY;
      throw isOver
          ? new Refused(ProblemType.UNKNOWN_TRANSFER, "The payment has moved nothing")
          : Refused.later(ProblemType.BUSY, "No batch has it yet", Batches.EVERY.toSeconds());
    }
    Batch batch = SqlBatches.find(reader, signed.batch()).orElseThrow();
    var payment = new BatchedPayment(signed, transfer, newest.amount().atoms());
    return new Proven(batch, payment, SqlBatches.position(reader, signed));
  }

  /// The number in a name; empty for what is no such name.
  private static OptionalLong number(Pattern form, String name) {
    Matcher matcher = form.matcher(name);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }
}
