package dev.meshkore.hub.proofs;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.audit.Records;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ the audit log. Heads, tiles and proofs are hashes and open to all; what leaves say is for
/// those whom they concern, and for the admin, who never gets what a message says.
public final class ProofRoutes {
  private static final int LOOKED_AT = 4_096;
  private static final long BYTES = 4L << 20;
  private static final int WITNESSES_MAX = 100;

  /// The largest whole number that every reader of JSON reads exactly.
  private static final long SENT_MAX = (1L << 53) - 1;

  private static final String FOREVER = "public, max-age=31536000, immutable";
  private static final List<String> GROUPS = List.of("a", "b", "c", "d", "e");

  private final AuditLog log;
  private final Audit audit;
  private final Database database;
  private final Callers callers;

  /// Routes over the log.
  public ProofRoutes(AuditLog log, Audit audit, Database database, Callers callers) {
    this.log = log;
    this.audit = audit;
    this.database = database;
    this.callers = callers;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router.get("/audit/key", _ -> plain(log.vkey() + "\n"));
    router.get("/audit/checkpoint", request -> plain(head(request).note()));
    String path = "/audit/tile/{level}";
    for (int count = 1; count <= GROUPS.size(); count++) {
      path += "/{" + GROUPS.get(count - 1) + "}";
      int segments = count;
      router.get(path, request -> tile(request, segments));
    }
    router.get("/audit/proof/{index}", this::proof);
    router.get("/audit/consistency", this::consistency);
    router.get("/audit/leaves/{index}", callers.any(this::leaf));
    router.get("/audit/export", callers.any(this::export));
    router.post("/audit/commitments", callers.agent(this::commit));
  }

  /// The newest head, or the newest that so many witnesses have signed.
  private AuditLog.Head head(Request request) {
    int witnesses = (int) request.query("witnesses", 0, 0, WITNESSES_MAX);
    return log.witnessedBy(witnesses).orElseThrow(ProofRoutes::unknown);
  }

  private AuditLog.Head headAt(long size) {
    return log.headAt(size)
        .orElseThrow(() -> Refused.field("size", "No head of this size is kept; begin again"));
  }

  private Response tile(Request request, int segments) {
    List<String> names = GROUPS.subList(0, segments);
    TilePath path = TilePath.of(request.name("level"), names.stream().map(request::name).toList());
    byte[] hashes =
        log.tile(path.level(), path.number(), path.width()).orElseThrow(TilePath::unknown);
    Map<String, String> headers =
        Map.of("Content-Type", "application/octet-stream", "Cache-Control", FOREVER);
    return new Response.Whole(200, headers, hashes);
  }

  private Response proof(Request request) {
    AuditLog.Head head = log.head();
    return plain(log.proof(index(request, head), head));
  }

  private Response consistency(Request request) {
    long size = log.head().checkpoint().size();
    long to = request.query("to", size, 0, size);
    long from = request.query("from", 0, 0, to);
    ObjectNode body = Json.object();
    body.put("from", from);
    body.put("to", to);
    var hashes = body.putArray("hashes");
    AuditLog.base64(log.consistency(from, to)).forEach(hashes::add);
    return Response.json(200, body);
  }

  /// A leaf that concerns somebody else is answered like one that is not there.
  private Response leaf(Request request, Caller caller) {
    AuditLog.Head head = log.head();
    long index = index(request, head);
    Optional<Records.Reader> of = reader(caller);
    long size = head.checkpoint().size();
    Records.Entry entry =
        log.leaves(index, size, of, 1, BYTES).entries().stream()
            .findFirst()
            .orElseThrow(ProofRoutes::unknown);
    List<byte[]> path = log.inclusions(List.of(index), size).getFirst();
    return Response.json(200, new Bundle(log, head, of).json(entry, path));
  }

  private Response export(Request request, Caller caller) {
    AuditLog.Head asked = head(request);
    long newest = log.head().checkpoint().size();
    long size = request.query("size", asked.checkpoint().size(), 0, newest);
    AuditLog.Head head = size == asked.checkpoint().size() ? asked : headAt(size);
    long from = request.query("from", 0, 0, size);
    long earlier = request.query("earlier", 0, 0, size);
    Optional<Records.Reader> of = reader(caller);
    Records.Page page = log.leaves(from, size, of, LOOKED_AT, BYTES);
    byte[] lines = new Bundle(log, head, of).write(from, page, earlier);
    Map<String, String> headers =
        Map.of("Content-Type", "application/jsonl", "Cache-Control", "no-store");
    return new Response.Whole(200, headers, lines);
  }

  /// Takes down how many messages the agent says it has sent, so that it shows if one is left out.
  private Response commit(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    long sent = fields.number("sent", 0, SENT_MAX);
    fields.end();
    Leaf leaf = Leaf.of("commitment", caller.id(), caller.id()).with("sent", sent);
    database.write(transaction -> {
      audit.record(transaction, leaf);
      return true;
    });
    ObjectNode body = Json.object();
    body.put("agent_id", caller.id());
    body.put("sent", sent);
    return Response.json(201, body);
  }

  private static Optional<Records.Reader> reader(Caller caller) {
    return switch (caller) {
      case Caller.Admin _ -> Optional.empty();
      case Caller.OfOwner _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents and the operator");
      case Caller.OfAgent agent -> Optional.of(new Records.Reader(agent.number(), agent.id()));
    };
  }

  private static long index(Request request, AuditLog.Head head) {
    String text = request.name("index");
    if (!text.matches("0|[1-9][0-9]{0,17}") || Long.parseLong(text) >= head.checkpoint().size()) {
      throw unknown();
    }
    return Long.parseLong(text);
  }

  private static Response.Whole plain(String text) {
    return Response.text(200, "text/plain", text).with("Cache-Control", "no-store");
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_LEAF, "No such leaf is signed yet, or it is not yours");
  }
}
