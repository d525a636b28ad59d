package dev.meshkore.cli;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How much of an asset a mandate lets an agent spend. The hub takes atoms; people write decimals.
final class SpendOptions {
  private static final Pattern ALL = Pattern.compile("([A-Z]{3,6})(?:\\s+([0-9.]+))?");

  @Option(
      names = "--spend",
      paramLabel = "'ASSET AMOUNT'",
      description =
          "What it may spend in all, such as 'CREDIT 100'; without an amount, what the windows"
              + " below say.")
  @Nullable String spend;

  @Option(names = "--per-payment", paramLabel = "AMOUNT", description = "In one payment.")
  @Nullable String perPayment;

  @Option(names = "--per-agent", paramLabel = "AMOUNT", description = "In all to one agent.")
  @Nullable String perAgent;

  @Option(
      names = "--first-payment",
      paramLabel = "AMOUNT",
      description = "In the first payment to an agent.")
  @Nullable String firstPayment;

  @Option(
      names = "--escrow-over",
      paramLabel = "AMOUNT",
      description = "In one payment that does not go into the escrow of a job.")
  @Nullable String escrowOver;

  @Option(names = "--per-hour", paramLabel = "AMOUNT", description = "In each hour, by UTC.")
  @Nullable String perHour;

  @Option(names = "--per-day", paramLabel = "AMOUNT", description = "In each day.")
  @Nullable String perDay;

  @Option(names = "--per-week", paramLabel = "AMOUNT", description = "In each week, from Monday.")
  @Nullable String perWeek;

  @Option(names = "--per-month", paramLabel = "AMOUNT", description = "In each month.")
  @Nullable String perMonth;

  @Option(
      names = "--within",
      paramLabel = "SECONDS=AMOUNT",
      description = "In any time of a length; may be given several times.")
  Map<Long, String> within = Map.of();

  @Option(
      names = "--categories",
      paramLabel = "NAME",
      split = ",",
      description = "Only for these, such as language/translation, and what is below them.")
  List<String> categories = List.of();

  @Option(
      names = "--rails",
      paramLabel = "NAME",
      split = ",",
      description = "By what it may pay: ledger, or networks such as eip155:8453.")
  List<String> rails = List.of();

  /// Adds what was said to a mandate. False where nothing was.
  boolean addTo(ObjectNode mandate) {
    var single = new LinkedHashMap<String, @Nullable String>();
    single.put("per_payment", perPayment);
    single.put("per_counterparty", perAgent);
    single.put("first_payment", firstPayment);
    single.put("require_escrow_over", escrowOver);
    var calendar = new LinkedHashMap<String, @Nullable String>();
    calendar.put("hour", perHour);
    calendar.put("day", perDay);
    calendar.put("week", perWeek);
    calendar.put("month", perMonth);
    single.values().removeIf(text -> text == null);
    calendar.values().removeIf(text -> text == null);
    var given = spend;
    if (given == null) {
      if (single.isEmpty() && calendar.isEmpty() && within.isEmpty() && hasNoWay()) {
        return false;
      }
      throw new CommandFailed(
          Exit.USER, "It is not said what may be spent", "", "Give --spend 'CREDIT 100', too.");
    }
    var parts = ALL.matcher(given.strip());
    var asset = parts.matches() ? Asset.find(parts.group(1)).orElse(null) : null;
    if (asset == null) {
      throw new CommandFailed(
          Exit.USER,
          "'" + given + "' is no asset with an amount",
          "",
          "Write it like 'CREDIT 100'.");
    }
    var limit = mandate.putArray("spend").addObject().put("asset", asset.code());
    if (parts.group(2) != null) {
      limit.put("amount", atoms(asset, "--spend", parts.group(2)));
    }
    single.forEach((name, text) -> limit.put(name, atoms(asset, name, String.valueOf(text))));
    var windows = limit.putArray("windows");
    calendar.forEach((word, text) ->
        windows
            .addObject()
            .put("calendar", word)
            .put("amount", atoms(asset, "--per-" + word, String.valueOf(text))));
    within.forEach((seconds, text) ->
        windows.addObject().put("seconds", seconds).put("amount", atoms(asset, "--within", text)));
    addAll(limit, "categories", categories);
    addAll(limit, "rails", rails);
    return true;
  }

  private boolean hasNoWay() {
    return categories.isEmpty() && rails.isEmpty();
  }

  private static void addAll(ObjectNode limit, String name, List<String> words) {
    if (!words.isEmpty()) {
      ArrayNode list = limit.putArray(name);
      words.forEach(list::add);
    }
  }

  private static long atoms(Asset asset, String name, String text) {
    try {
      return Money.parse(name, asset, text).atoms();
    } catch (Refused refused) {
      throw new CommandFailed(
          Exit.USER,
          "'" + text + "' is no amount of " + asset.code(),
          String.valueOf(refused.getMessage()),
          "Write it like '12.50'.");
    }
  }
}
