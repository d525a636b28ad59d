package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How much of an asset a mandate lets an agent spend, in atoms: all the limits hold at once.
///
/// @param asset what is spent, by its one code
/// @param lifetime in all
/// @param perPayment in one payment
/// @param perCounterparty in all to one agent
/// @param firstPayment in the first payment to an agent that was never paid by this one before
/// @param requireEscrowOver in one payment that is not held until what it is for is done
/// @param windows in any time of a length, or in each hour, day, week or month by UTC
/// @param way for what, and by what it may be paid
record SpendLimit(
    String asset,
    OptionalLong lifetime,
    OptionalLong perPayment,
    OptionalLong perCounterparty,
    OptionalLong firstPayment,
    OptionalLong requireEscrowOver,
    List<Window> windows,
    SpendWay way) {
  private static final Pattern ASSET = Pattern.compile("[A-Za-z0-9:._/-]{1,80}");
  private static final long SECONDS_MAX = 366L * 24 * 3_600;
  private static final long SECONDS_LEAST = 60;
  private static final int WINDOWS_MAX = 8;

  /// So much in a time.
  ///
  /// @param span the time before now, or what follows each other on the calendar
  /// @param atoms how much
  record Window(Budget.Window span, long atoms) {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private static Window read(Fields one) {
      long atoms = one.number("amount", 0, Long.MAX_VALUE);
      boolean isCalendar = one.has("calendar");
      Budget.Window span =
          isCalendar
              ? calendar(one.text("calendar"))
              : Budget.Window.rolling(
                  Duration.ofSeconds(one.number("seconds", SECONDS_LEAST, SECONDS_MAX)));
      one.end();
      return new Window(span, atoms);
    }

    private static Budget.Window calendar(String word) {
      return switch (word) {
        case "hour" -> Budget.Window.fixed(HOUR);
        case "day" -> Budget.Window.fixed(DAY);
        case "week" -> Budget.Window.WEEK;
        case "month" -> Budget.Window.MONTH;
        default -> throw Refused.field("calendar", "calendar must be hour, day, week or month");
      };
    }

    /// The word for a window of the calendar; empty for any other.
    static Optional<String> word(Budget.Window span) {
      return switch (span.kind()) {
        case FIXED -> Optional.of(span.ms() == DAY.toMillis() ? "day" : "hour");
        case WEEK -> Optional.of("week");
        case MONTH -> Optional.of("month");
        case ROLLING, LIFETIME -> Optional.empty();
      };
    }

    private void addTo(ArrayNode list) {
      ObjectNode json = list.addObject();
      word(span)
          .ifPresentOrElse(
              word -> json.put("calendar", word), () -> json.put("seconds", span.ms() / 1_000));
      json.put("amount", atoms);
    }
  }

  SpendLimit {
    asset = Asset.canonical(asset);
    windows = List.copyOf(windows);
  }

  /// One that says how much in all, and no more.
  static SpendLimit ofLifetime(String asset, long atoms) {
    OptionalLong none = OptionalLong.empty();
    return new SpendLimit(
        asset, OptionalLong.of(atoms), none, none, none, none, List.of(), SpendWay.BY_LEDGER);
  }

  static SpendLimit read(Fields one) {
    String asset = one.text("asset");
    if (!ASSET.matcher(asset).matches()) {
      throw Refused.field("spend", "asset must be a name of at most 80 letters");
    }
    var windows = new ArrayList<Window>();
    var lengths = new HashSet<Long>();
    for (Fields window : one.objects("windows")) {
      windows.add(Window.read(window));
      if (!lengths.add(windows.getLast().span().ms()) || windows.size() > WINDOWS_MAX) {
        throw Refused.field(
            "spend", "windows must be at most " + WINDOWS_MAX + ", each of another length");
      }
    }
    var limit =
        new SpendLimit(
            asset,
            optional(one, "amount"),
            optional(one, "per_payment"),
            optional(one, "per_counterparty"),
            optional(one, "first_payment"),
            optional(one, "require_escrow_over"),
            windows,
            SpendWay.read(one));
    one.end();
    if (limit.lifetime.isEmpty() && windows.isEmpty()) {
      throw Refused.field("spend", "spend must say an amount in all, or windows");
    }
    return limit;
  }

  private static OptionalLong optional(Fields fields, String name) {
    long atoms = fields.number(name, -1, 0, Long.MAX_VALUE);
    return atoms < 0 ? OptionalLong.empty() : OptionalLong.of(atoms);
  }

  /// True where these limits alone let nobody spend more than the other's.
  boolean isWithin(SpendLimit other) {
    return isWithin(lifetime, other.lifetime)
        && isWithin(perPayment, other.perPayment)
        && isWithin(perCounterparty, other.perCounterparty)
        && isWithin(firstPayment, other.firstPayment)
        && isWithin(requireEscrowOver, other.requireEscrowOver)
        && way.isWithin(other.way)
        && other.windows.stream().allMatch(this::keeps);
  }

  private static boolean isWithin(OptionalLong own, OptionalLong other) {
    return other.isEmpty() || (own.isPresent() && own.getAsLong() <= other.getAsLong());
  }

  private boolean keeps(Window wider) {
    boolean isByLifetime = lifetime.isPresent() && lifetime.getAsLong() <= wider.atoms();
    return isByLifetime
        || windows.stream()
            .anyMatch(own -> own.span().covers(wider.span()) && own.atoms() <= wider.atoms());
  }

  void addTo(ArrayNode list) {
    ObjectNode json = list.addObject();
    json.put("asset", asset);
    lifetime.ifPresent(atoms -> json.put("amount", atoms));
    perPayment.ifPresent(atoms -> json.put("per_payment", atoms));
    perCounterparty.ifPresent(atoms -> json.put("per_counterparty", atoms));
    firstPayment.ifPresent(atoms -> json.put("first_payment", atoms));
    requireEscrowOver.ifPresent(atoms -> json.put("require_escrow_over", atoms));
    way.addTo(json);
    if (!windows.isEmpty()) {
      ArrayNode own = json.putArray("windows");
      windows.forEach(window -> window.addTo(own));
    }
  }
}
