package dev.meshkore.hub.payments;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Preference;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Moment;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ statements of what moved, as JSON and as CSV.
final class StatementRoutes {
  private static final String JSON = "application/json";
  private static final String CSV = "text/csv";
  private static final int PAGE = 100;
  private static final int PAGE_MAX = 1_000;
  private static final long DEFAULT_MS = Duration.ofDays(30).toMillis();
  private static final long PERIOD_MS_MAX = Duration.ofDays(366).toMillis();
  private static final Pattern CURSOR = Pattern.compile("([0-9]{1,15})-([0-9]{1,18})");

  /// From when on, and before when.
  private record Period(long fromMs, long toMs) {}

  private final PaymentParts parts;

  StatementRoutes(PaymentParts parts) {
    this.parts = parts;
  }

  void addTo(Router router) {
    router.get("/wallet/statement", parts.callers().agent(this::show));
  }

  private Response show(Request request, Caller.OfAgent caller) {
    Period period = period(request);
    boolean isFirst = request.query("cursor").isEmpty();
    Moment after =
        request.query("cursor").map(StatementRoutes::cursor).orElse(Moment.before(period.fromMs()));
    if (after.atMs() < period.fromMs()) {
      throw Refused.field("cursor", "cursor must lie between from and to");
    }
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    boolean isCsv = isCsv(request);
    Statement statement =
        parts
            .database()
            .read(reader ->
                Statement.read(
                    reader, parts.ledger(), caller.number(), after, period.toMs(), limit));
    return isCsv
        ? csv(request, caller, statement, isFirst, period)
        : Response.json(200, json(caller, statement, period)).with("Vary", "Accept");
  }

  private Period period(Request request) {
    // What moves in this very millisecond belongs to it.
    long to = request.time("to").orElse(parts.time().millis() + 1);
    long from = request.time("from").orElse(Math.max(0, to - DEFAULT_MS));
    if (from > to) {
      throw Refused.field("from", "from must not lie after to");
    }
    if (to - from > PERIOD_MS_MAX) {
      throw Refused.field("from", "from must lie at most 366 days before to");
    }
    return new Period(from, to);
  }

  private static Moment cursor(String text) {
    var parts = CURSOR.matcher(text);
    if (!parts.matches()) {
      throw Refused.field("cursor", "cursor must be the next of the page before");
    }
    return new Moment(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
  }

  private static String text(Moment moment) {
    return moment.atMs() + "-" + moment.number();
  }

  private static boolean isCsv(Request request) {
    String accept = String.join(",", request.headers("Accept"));
    return switch (request.query("format").orElse("")) {
      case "" -> Preference.best(accept, List.of(JSON, CSV)).equals(CSV);
      case "csv" -> true;
      case "json" -> false;
      case String _ -> throw Refused.field("format", "format must be json or csv");
    };
  }

  private ObjectNode json(Caller.OfAgent caller, Statement statement, Period period) {
    ObjectNode json = Json.object();
    json.put("agent_id", caller.id());
    json.put("from", Rfc3339.text(period.fromMs()));
    json.put("to", Rfc3339.text(period.toMs()));
    ArrayNode balances = json.putArray("balances");
    statement
        .opening()
        .forEach((asset, atoms) -> {
          ObjectNode one = balances.addObject().put("asset", asset.code());
          put(one, "opening", asset, atoms);
          put(one, "closing", asset, statement.closing().getOrDefault(asset, 0L));
        });
    ArrayNode lines = json.putArray("lines");
    statement.lines().forEach(line -> lines.add(json(caller, line)));
    json.put("next", statement.next().map(StatementRoutes::text).orElse(null));
    return json;
  }

  private ObjectNode json(Caller.OfAgent caller, Statement.Line line) {
    Transfer transfer = line.transfer();
    Asset asset = transfer.amount().asset();
    ObjectNode json = Json.object();
    json.put("made_at", Rfc3339.text(transfer.madeAtMs()));
    json.put("transfer_id", WalletJson.id(transfer.pending().orElse(transfer.number())));
    json.put("purpose", transfer.purpose());
    json.put("with", other(caller, transfer));
    json.put("about", transfer.about());
    json.put("asset", asset.code());
    put(json, "change", asset, line.change());
    put(json, "balance", asset, line.balance());
    return json;
  }

  private String other(Caller.OfAgent caller, Transfer transfer) {
    boolean isPaidOut = transfer.debit().agent() == caller.number();
    return WalletJson.party(isPaidOut ? transfer.credit() : transfer.debit(), parts.agents());
  }

  private static void put(ObjectNode json, String name, Asset asset, long atoms) {
    json.put(name + "_atoms", atoms);
    json.put(name, decimal(asset, atoms));
  }

  private static String decimal(Asset asset, long atoms) {
    return BigDecimal.valueOf(atoms, asset.decimals()).toPlainString();
  }

  /// The pages, one after the other, are one file: the first has its header and what there was
  /// before, the last what there was after.
  private Response csv(
      Request request, Caller.OfAgent caller, Statement statement, boolean isFirst, Period period) {
    var csv = new Csv();
    if (isFirst) {
      csv.row(
          "line",
          "made_at",
          "transfer_id",
          "purpose",
          "with",
          "about",
          "asset",
          "paid_in",
          "paid_out",
          "balance");
      addBalances(csv, "opening", period.fromMs(), statement.opening());
    }
    for (Statement.Line line : statement.lines()) {
      Transfer transfer = line.transfer();
      Asset asset = transfer.amount().asset();
      String amount = transfer.amount().decimal();
      csv.row(
          "movement",
          Rfc3339.text(transfer.madeAtMs()),
          WalletJson.id(transfer.pending().orElse(transfer.number())),
          transfer.purpose(),
          other(caller, transfer),
          transfer.about(),
          asset.code(),
          line.change() > 0 ? amount : "",
          line.change() > 0 ? "" : amount,
          decimal(asset, line.balance()));
    }
    if (statement.next().isEmpty()) {
      addBalances(csv, "closing", period.toMs(), statement.closing());
    }
    var answer =
        new Response.Whole(
            200,
            Map.of(
                "Content-Type",
                "text/csv; charset=utf-8; header=" + (isFirst ? "present" : "absent"),
                "Cache-Control",
                "no-store",
                "Vary",
                "Accept"),
            csv.bytes());
    return statement
        .next()
        .map(next -> answer.with("Link", link(request, period, text(next))))
        .orElse(answer);
  }

  private static void addBalances(Csv csv, String line, long atMs, Map<Asset, Long> balances) {
    balances.forEach((asset, atoms) ->
        csv.row(
            line, Rfc3339.text(atMs), "", "", "", "", asset.code(), "", "", decimal(asset, atoms)));
  }

  private static String link(Request request, Period period, String cursor) {
    String limit = request.query("limit").map(count -> "&limit=" + count).orElse("");
    return "</wallet/statement?format=csv&from=%s&to=%s%s&cursor=%s>; rel=\"next\""
        .formatted(Rfc3339.text(period.fromMs()), Rfc3339.text(period.toMs()), limit, cursor);
  }
}
