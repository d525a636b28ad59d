package dev.meshkore.hub.money;

import dev.meshkore.hub.problem.Refused;
import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an amount is of, and how many of its atoms make one: a currency of ISO 4217, or one of a
/// few that are none.
///
/// @param code as it is written, such as `EUR`
/// @param decimals how many digits after the point an amount has
public record Asset(String code, int decimals) {
  /// Test credits, which the hub's own ledger moves. One stands for one US dollar in trials, and is
  /// worth nothing.
  public static final Asset CREDIT = new Asset("CREDIT", 6);

  private static final Map<String, Integer> OTHERS =
      Map.of("CREDIT", 6, "USDC", 6, "USDT", 6, "EURC", 6, "BTC", 8, "SAT", 0, "MSAT", 0);
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  /// Reads a code.
  ///
  /// @throws Refused when the hub knows no such asset
  public static Asset of(String field, String code) {
    return find(code)
        .orElseThrow(() ->
            Refused.field(
                field,
                field
                    + " must be a currency of ISO 4217,"
                    + " or CREDIT, USDC, USDT, EURC, BTC, SAT or MSAT"));
  }

  /// The asset of a code, if there is one.
  public static Optional<Asset> find(String code) {
    Integer decimals = OTHERS.get(code);
    if (decimals != null) {
      return Optional.of(new Asset(code, decimals));
    }
    if (!CURRENCY.matcher(code).matches()) {
      return Optional.empty();
    }
    try {
      int digits = Currency.getInstance(code).getDefaultFractionDigits();
      return digits < 0 ? Optional.empty() : Optional.of(new Asset(code, digits));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
