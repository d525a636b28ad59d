package dev.meshkore.hub.payments;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.ledger.Account;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Compares, by itself once an hour, the sums of all accounts with their transfers, and says what
/// differs. Thread-safe.
final class Books {
  private static final Logger LOG = System.getLogger(Books.class.getName());
  private static final long EVERY_MS = Duration.ofHours(1).toMillis();

  /// What the last comparison found.
  private record Checked(long atMs, List<String> differences) {}

  private final PaymentParts parts;
  private volatile Checked checked = new Checked(Long.MIN_VALUE, List.of());

  Books(PaymentParts parts) {
    this.parts = parts;
  }

  void addTo(Router router) {
    router.get("/ledger", parts.callers().admin(_ -> show()));
  }

  /// Compares when it is time again.
  void tick() {
    if (parts.time().millis() - EVERY_MS >= checked.atMs()) {
      check();
    }
  }

  private Checked check() {
    // Not again at once, should it fail: it reads all transfers.
    checked = new Checked(parts.time().millis(), checked.differences());
    List<String> found = parts.database().read(parts.ledger()::differences);
    var now = new Checked(parts.time().millis(), List.copyOf(found));
    checked = now;
    found.forEach(one -> LOG.log(Level.ERROR, "The books differ: {0}", one));
    return now;
  }

  private Response show() {
    Checked now = check();
    ObjectNode body = Json.object();
    ArrayNode assets = body.putArray("assets");
    List<Account> issued = parts.database().read(parts.ledger()::issued);
    issued.stream()
        .collect(groupingBy(Account::asset, summingLong(account -> -account.available())))
        .forEach((asset, atoms) ->
            assets.addObject().put("asset", asset.code()).put("issued_atoms", atoms));
    body.put("checked_at", Rfc3339.text(now.atMs()));
    ArrayNode differences = body.putArray("differences");
    now.differences().forEach(differences::add);
    return Response.json(200, body);
  }
}
