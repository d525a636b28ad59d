package dev.meshkore.hub.witness;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.audit.Cosigner;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.audit.Proofs;
import dev.meshkore.hub.audit.SignedNote;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// This hub as a witness of other logs (C2SP tlog-witness): it signs a head only where the log
/// still begins with the last head of that log that it signed. So nobody can be shown another log
/// under the same name without another witness.
public final class WitnessRoutes {
  /// What the log says of a head that was signed here.
  static final String LEAF = "head.witnessed";

  private final Database database;
  private final Audit audit;
  private final Cosigner cosigner;
  private final Map<String, SignedNote.Verifier> logs;
  private final InstantSource clock;

  /// Witnesses these logs, with the key of `cosigner`; `audit` takes down each head.
  public WitnessRoutes(
      Database database,
      Audit audit,
      Cosigner cosigner,
      List<SignedNote.Verifier> logs,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.cosigner = cosigner;
    this.logs = logs.stream().collect(Collectors.toMap(SignedNote.Verifier::name, log -> log));
    this.clock = clock;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router.get("/witness/key", _ -> Response.text(200, "text/plain", cosigner.vkey() + "\n"));
    router.post("/witness/add-checkpoint", this::add);
  }

  private Response add(Request request) {
    Submission submission = Submission.read(request.body());
    SignedNote.Verifier log = logs.get(submission.origin());
    if (log == null) {
      throw new Refused(ProblemType.UNKNOWN_LOG, "This hub is no witness of this log");
    }
    String text =
        log.open(submission.note())
            .orElseThrow(
                () -> new Refused(ProblemType.NOT_ALLOWED, "The log has not signed this head"));
    Checkpoint head = Checkpoint.read(text).orElseThrow(Submission::wrong);
    if (submission.old() > head.size()) {
      throw Refused.field("old", "The old size is larger than that of the head");
    }
    Optional<Checkpoint> before =
        database.read(reader -> SqlWitnessed.newest(reader, head.origin()));
    Optional<Response> conflict = conflict(submission, head, before);
    if (conflict.isPresent()) {
      return conflict.get();
    }
    if (!keep(before, head)) {
      return isNow(database.read(reader -> SqlWitnessed.newest(reader, head.origin())));
    }
    String line = cosigner.cosign(text, clock.instant().getEpochSecond());
    return Response.text(200, "text/plain", line);
  }

  /// Takes the head down as the newest, before it is signed; false where another came first. Asking
  /// for the same head again is no act and writes nothing: anybody has it, and may.
  private boolean keep(Optional<Checkpoint> before, Checkpoint head) {
    if (before.filter(newest -> newest.size() == head.size()).isPresent()) {
      return true;
    }
    return database.write(transaction -> {
      boolean isFirst = SqlWitnessed.advance(transaction, before, head);
      if (isFirst) {
        Leaf leaf =
            Leaf.of(LEAF, "hub", head.origin())
                .with("root", Base64.getEncoder().encodeToString(head.root()))
                .with("size", head.size());
        audit.record(transaction, leaf);
      }
      return isFirst;
    });
  }

  /// @throws Refused where the log does not begin with what was signed before
  private static Optional<Response> conflict(
      Submission submission, Checkpoint head, Optional<Checkpoint> before) {
    long size = before.map(Checkpoint::size).orElse(0L);
    byte[] root = before.map(Checkpoint::root).orElseGet(() -> Proofs.root(List.of()));
    boolean isOther = head.size() == size && !Arrays.equals(head.root(), root);
    if (submission.old() != size || isOther) {
      return Optional.of(isNow(before));
    }
    if (!Proofs.extendsTree(size, root, head.size(), head.root(), submission.proof())) {
      throw new Refused(
          ProblemType.LOG_FORKED,
          "The log is not shown to begin with the head of " + size + " that was signed here");
    }
    return Optional.empty();
  }

  /// Says from which size on a proof is wanted.
  private static Response isNow(Optional<Checkpoint> newest) {
    String size = newest.map(Checkpoint::size).orElse(0L) + "\n";
    return new Response.Whole(
        409,
        Map.of("Content-Type", "text/x.tlog.size", "Cache-Control", "no-store"),
        size.getBytes(StandardCharsets.US_ASCII));
  }
}
