package dev.meshkore.hub.x402;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Signed payments as Circle's libraries list them, for the two agents that each concerns.
final class NanoTransfers {
  private static final String PATH = "/v1/x402/transfers";
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;

  /// So many movements of an account are looked at for a page; most may be of other kinds.
  private static final int LOOKED_AT = 1_000;

  private static final List<String> FILTERS =
      List.of("from", "to", "network", "status", "token", "startDate", "endDate");

  private static final Pattern ID = Pattern.compile("t?([1-9][0-9]{0,17})");

  /// How far a payment has come, in Circle's words. Its money has moved, for good, long before it
  /// is completed: what follows are proofs.
  enum Status {
    /// It is taken, and in no batch yet.
    RECEIVED,
    /// Its batch is closed.
    BATCHED,
    /// The audit log has its batch.
    CONFIRMED,
    /// The hub has signed a head of the log that covers its batch.
    COMPLETED,
    /// It moved nothing.
    FAILED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Which are wanted.
  private record Filter(
      Optional<Address> from,
      Optional<Address> to,
      Optional<String> status,
      long startMs,
      long endMs) {
    boolean has(One one) {
      long atMs = one.transfer().madeAtMs();
      return from.filter(one.signed().payer()::equals).isPresent() == from.isPresent()
          && to.filter(one.signed().payTo()::equals).isPresent() == to.isPresent()
          && status.filter(one.status().word()::equals).isPresent() == status.isPresent()
          && atMs >= startMs
          && atMs < endMs;
    }
  }

  /// A signed payment.
  ///
  /// @param updatedAtMs when it came as far as it is
  private record One(SqlX402.Row signed, Transfer transfer, Status status, long updatedAtMs) {}

  private final X402Parts parts;
  private final Callers callers;

  NanoTransfers(X402Parts parts, Callers callers) {
    this.parts = parts;
    this.callers = callers;
  }

  void addTo(Router router) {
    router
        .get(PATH, callers.reader(this::list))
        .get(PATH + "/{transfer_id}", callers.reader(this::show));
  }

  private Response show(Request request, Caller.OfAgent caller) {
    Matcher id = ID.matcher(request.name("transfer_id"));
    OptionalLong number =
        id.matches() ? OptionalLong.of(Long.parseLong(id.group(1))) : OptionalLong.empty();
    return parts
        .database()
        .read(reader -> {
          Transfer transfer = Batches.own(parts.ledger(), reader, caller, number);
          One one = one(reader, transfer).orElseThrow(Batches::unknownTransfer);
          return Response.json(200, json(one));
        });
  }

  private Response list(Request request, Caller.OfAgent caller) {
    int limit = (int) request.query("pageSize", PAGE, 1, PAGE_MAX);
    long below = request.query("pageAfter", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Filter filter =
        new Filter(
            address(request, "from"),
            address(request, "to"),
            request.query("status"),
            request.time("startDate").orElse(0),
            request.time("endDate").orElse(Long.MAX_VALUE));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("transfers");
    boolean isHere =
        request
            .query("network")
            .map(Networks::named)
            .orElse(parts.addresses().network())
            .equals(parts.addresses().network());
    long last =
        isHere
            ? parts.database().read(reader -> page(reader, caller, filter, below, limit, list))
            : 0;
    Response.Whole answer = Response.json(200, body);
    return last == 0 ? answer : answer.with("Link", link(request, limit, last));
  }

  /// The next page of the same; Circle's libraries read whole addresses alone.
  private String link(Request request, int limit, long last) {
    var query = new StringBuilder("pageSize=" + limit + "&pageAfter=" + last);
    for (String name : FILTERS) {
      request
          .query(name)
          .ifPresent(value -> {
            String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
            query.append('&').append(name).append('=').append(encoded);
          });
    }
    return "<" + parts.hubUrl().get() + PATH + "?" + query + ">; rel=\"next\"";
  }

  /// Adds a page to a list; answers below which number the next one begins, or 0 where all was
  /// looked at.
  private long page(
      Transaction reader,
      Caller.OfAgent caller,
      Filter filter,
      long below,
      int limit,
      ArrayNode list)
      throws SQLException {
    Account.Name account = Account.Name.ofAgent(caller.number());
    long last = below;
    for (int looked = 0; looked < LOOKED_AT; looked += PAGE_MAX) {
      List<Transfer> some = parts.ledger().page(reader, account, last, PAGE_MAX);
      for (Transfer transfer : some) {
        last = transfer.number();
        Optional<One> one =
            LedgerRail.isSigned(transfer) ? one(reader, transfer) : Optional.empty();
        one.filter(filter::has).ifPresent(found -> list.add(json(found)));
        if (list.size() == limit) {
          return last;
        }
      }
      if (some.size() < PAGE_MAX) {
        return 0;
      }
    }
    return last;
  }

  private static Optional<Address> address(Request request, String name) {
    Optional<String> text = request.query(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Address> read = Address.read(text.get());
    if (read.isEmpty()) {
      throw Refused.field(name, name + " must be an address");
    }
    return read;
  }

  private Optional<One> one(Transaction reader, Transfer transfer) throws SQLException {
    Optional<SqlX402.Row> signed = SqlX402.find(reader, transfer.number());
    if (signed.isEmpty()) {
      return Optional.empty();
    }
    Transfer newest = parts.ledger().endOf(reader, transfer).orElse(transfer);
    boolean isOver = newest.kind() == Transfer.Kind.VOID || newest.kind() == Transfer.Kind.EXPIRY;
    if (isOver || signed.get().batch() == 0) {
      Status status = isOver ? Status.FAILED : Status.RECEIVED;
      return Optional.of(new One(signed.get(), transfer, status, newest.madeAtMs()));
    }
    SqlBatches.Closed batch = SqlBatches.closed(reader, signed.get().batch());
    OptionalLong leaf = Audit.leafOf(reader, batch.act());
    Status status =
        leaf.isEmpty()
            ? Status.BATCHED
            : leaf.getAsLong() < parts.signedLeaves().getAsLong()
                ? Status.COMPLETED
                : Status.CONFIRMED;
    return Optional.of(new One(signed.get(), transfer, status, batch.atMs()));
  }

  private ObjectNode json(One one) {
    String network = parts.addresses().network();
    ObjectNode json = Json.object();
    json.put("id", one.transfer().name());
    json.put("status", one.status().word());
    // Test credits, as `/supported` calls them.
    json.put("token", "USDC");
    json.put("sendingNetwork", network);
    json.put("recipientNetwork", network);
    json.put("fromAddress", one.signed().payer().text());
    json.put("toAddress", one.signed().payTo().text());
    json.put("amount", Long.toString(one.transfer().amount().atoms()));
    json.put("createdAt", Rfc3339.text(one.transfer().madeAtMs()));
    json.put("updatedAt", Rfc3339.text(one.updatedAtMs()));
    if (one.signed().batch() > 0) {
      json.put("batch_id", Batch.name(one.signed().batch()));
    }
    return json;
  }
}
