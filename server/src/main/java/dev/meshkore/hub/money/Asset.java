package dev.meshkore.hub.money;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.problem.Refused;
import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an amount is of, and how many of its atoms make one: a currency of ISO 4217, one of a few
/// that are none, or a token of a chain, which is the thing itself and is named by CAIP-19.
///
/// @param code as it is written, such as `EUR` or `eip155:8453/erc20:0x8335…`
/// @param decimals how many digits after the point an amount has
public record Asset(String code, int decimals) {
  /// Test credits, which the hub's own ledger moves. One stands for one US dollar in trials, and is
  /// worth nothing.
  public static final Asset CREDIT = new Asset("CREDIT", 6);

  private static final Map<String, Integer> OTHERS =
      Map.of("CREDIT", 6, "USDC", 6, "USDT", 6, "EURC", 6, "BTC", 8, "SAT", 0, "MSAT", 0);
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final String TOKEN = "/erc20:";
  private static final Pattern ON_CHAIN =
      Pattern.compile("eip155:([1-9][0-9]{0,15})" + TOKEN + "(0x[0-9a-fA-F]{40})");

  /// The dollars and euros of Circle have so many, and the hub reckons no other tokens.
  private static final int TOKEN_DECIMALS = 6;

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
                    + " CREDIT, USDC, USDT, EURC, BTC, SAT or MSAT,"
                    + " or a token by CAIP-19, such as eip155:8453/erc20:0x…"));
  }

  /// The token of a contract (ERC-20) on a chain.
  public static Asset ofToken(long chain, Address contract) {
    return new Asset("eip155:" + chain + TOKEN + "0x" + contract.hex(), TOKEN_DECIMALS);
  }

  /// The one code of what a text names; a text that names nothing that the hub knows stays as it
  /// is. Digits of an address may be written large or small, and must not make two assets of one.
  public static String canonical(String code) {
    return find(code).map(Asset::code).orElse(code);
  }

  /// Whether it is a token of a chain.
  public boolean isOnChain() {
    return code.contains(TOKEN);
  }

  /// The network of a token (CAIP-2), or "".
  public String network() {
    return isOnChain() ? code.substring(0, code.indexOf('/')) : "";
  }

  /// The asset of a code, if there is one.
  public static Optional<Asset> find(String code) {
    Integer decimals = OTHERS.get(code);
    if (decimals != null) {
      return Optional.of(new Asset(code, decimals));
    }
    var token = ON_CHAIN.matcher(code);
    if (token.matches()) {
      return Address.read(token.group(2))
          .map(contract -> ofToken(Long.parseLong(token.group(1)), contract));
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
