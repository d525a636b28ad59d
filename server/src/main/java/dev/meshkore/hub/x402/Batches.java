package dev.meshkore.hub.x402;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/// Gathers signed payments that have moved their money into batches, one after the other: at most
/// one every ten seconds, or as soon as there are 4,096. A payment is in one batch, and in none
/// until then, however often the hub is killed and however many hubs close batches: whatever no
/// batch has is taken up by the next, and a batch is stored with its payments and its leaf in the
/// audit, or not at all. Thread-safe.
public final class Batches {
  /// So many are in a batch at most.
  static final int MOST = 4_096;

  /// So often one is closed that is not full.
  static final Duration EVERY = Duration.ofSeconds(10);

  private static final String TYPE = "meshkore-payment-batch";

  private final X402Parts parts;

  Batches(X402Parts parts) {
    this.parts = parts;
  }

  /// What waits, as a look found it.
  ///
  /// @param last the last batch, if there is one
  /// @param moved what has moved its money, in the order of the transfers
  /// @param ended what has ended and moved nothing
  private record Waiting(Optional<Batch> last, List<BatchedPayment> moved, List<Long> ended) {}

  /// Closes what is due.
  void tick() {
    boolean isMore = true;
    while (isMore) {
      isMore = close();
    }
  }

  /// Closes a batch, if one is due; true where it was full.
  private boolean close() {
    long now = parts.time().millis();
    boolean isTime =
        parts
            .database()
            .read(reader -> {
              long before = SqlBatches.lastClosedAt(reader);
              // A clock that was put back keeps nobody waiting.
              return now < before || now >= before + EVERY.toMillis();
            });
    int least = isTime ? 1 : MOST;
    if (parts.database().read(reader -> SqlBatches.waiting(reader, least)) < least) {
      return false;
    }
    Waiting waiting = parts.database().read(Batches.this::waiting);
    if (waiting.moved().size() < least) {
      parts.database().write(transaction -> SqlBatches.put(transaction, 0, waiting.ended()));
      return false;
    }
    return store(waiting, now) && waiting.moved().size() == MOST;
  }

  private Waiting waiting(Transaction reader) throws SQLException {
    Optional<Batch> last = SqlBatches.last(reader);
    var moved = new ArrayList<BatchedPayment>();
    var ended = new ArrayList<Long>();
    List<SqlX402.Row> rows = SqlX402.waiting(reader, 0, MOST);
    while (!rows.isEmpty() && moved.size() < MOST) {
      sort(reader, rows, moved, ended);
      rows = SqlX402.waiting(reader, rows.getLast().transfer(), MOST);
    }
    return new Waiting(last, List.copyOf(moved.subList(0, Math.min(MOST, moved.size()))), ended);
  }

  /// What is still held stays where it is.
  private void sort(
      Transaction reader, List<SqlX402.Row> rows, List<BatchedPayment> moved, List<Long> ended)
      throws SQLException {
    List<Long> numbers = rows.stream().map(SqlX402.Row::transfer).toList();
    Map<Long, Transfer> transfers = new HashMap<>();
    parts.ledger().all(reader, numbers).forEach(one -> transfers.put(one.number(), one));
    Map<Long, Transfer> ends = new HashMap<>();
    parts.ledger().endsOf(reader, numbers).forEach(end -> ends.put(end.pending().getAsLong(), end));
    for (SqlX402.Row row : rows) {
      Transfer transfer = Objects.requireNonNull(transfers.get(row.transfer()));
      Transfer newest = ends.getOrDefault(row.transfer(), transfer);
      switch (newest.kind()) {
        case POSTED, POST -> moved.add(new BatchedPayment(row, transfer, newest.amount().atoms()));
        case VOID, EXPIRY -> ended.add(row.transfer());
        case PENDING -> {
          // It has moved nothing yet.
        }
      }
    }
  }

  private boolean store(Waiting waiting, long now) {
    List<BatchedPayment> payments = waiting.moved();
    var leaves = new ArrayList<SumTree.Node>();
    for (int i = 0; i < payments.size(); i++) {
      leaves.add(payments.get(i).node(i));
    }
    SumTree.Node root = SumTree.root(leaves);
    Nets nets = Nets.of(payments, parts.agents()::idOf);
    String netted = Canonical.text(nets.json());
    long number = waiting.last().map(Batch::number).orElse(0L) + 1;
    ObjectNode statement = statement(waiting.last(), number, root, leaves.size(), now);
    statement.put("net_atoms", Long.toString(nets.atoms()));
    statement.put("nets", Canonical.hash(nets.json()));
    String said = Canonical.text(statement);
    Leaf leaf =
        Leaf.of("payments.batched", "hub", Batch.name(number))
            .with("count", leaves.size())
            .with("sum_atoms", Long.toString(root.sum()))
            .with("root", hex(root.hash()))
            .with("statement", Canonical.hash(statement));
    byte[] nodes = Batch.stored(leaves);
    List<Long> transfers = payments.stream().map(one -> one.signed().transfer()).toList();
    return parts
        .database()
        .write(transaction -> {
          if (!SqlBatches.insert(transaction, number, said, netted, nodes, now)) {
            // Another hub was first; what waits is looked at anew.
            return false;
          }
          SqlBatches.setAct(transaction, number, parts.audit().record(transaction, leaf));
          var _ = SqlBatches.put(transaction, 0, waiting.ended());
          if (SqlBatches.put(transaction, number, transfers) != transfers.size()) {
            throw new IllegalStateException("A payment of " + Batch.name(number) + " has a batch");
          }
          return true;
        });
  }

  private ObjectNode statement(
      Optional<Batch> last, long number, SumTree.Node root, int count, long now) {
    ObjectNode json = Json.object();
    json.put("v", 1);
    json.put("type", TYPE);
    json.put("hub", parts.hubUrl().get());
    json.put("network", parts.addresses().network());
    json.put("ledger", "0x" + parts.addresses().ledger().hex());
    json.put("batch_id", Batch.name(number));
    json.put("previous", last.map(Batch::hash).orElse(""));
    json.put("closed_at", Rfc3339.text(now));
    json.put("asset", Asset.CREDIT.code());
    json.put("count", count);
    json.put("sum_atoms", Long.toString(root.sum()));
    json.put("root", hex(root.hash()));
    return json;
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /// What a transfer's batch is called; empty where it has none, or none yet.
  public Optional<String> of(Transaction reader, long transfer) throws SQLException {
    return SqlX402.find(reader, transfer)
        .filter(payment -> payment.batch() > 0)
        .map(payment -> Batch.name(payment.batch()));
  }

  /// A signed payment's transfer, for one of the two agents that it concerns.
  static Transfer own(Ledger ledger, Transaction reader, Caller.OfAgent caller, OptionalLong number)
      throws SQLException {
    return ledger
        .find(reader, number.orElse(0))
        .filter(one ->
            one.debit().agent() == caller.number() || one.credit().agent() == caller.number())
        .orElseThrow(Batches::unknownTransfer);
  }

  static Refused unknownTransfer() {
    return new Refused(
        ProblemType.UNKNOWN_TRANSFER, "There is no such transfer of yours that somebody signed");
  }
}
