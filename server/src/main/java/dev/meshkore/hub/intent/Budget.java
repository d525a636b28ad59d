package dev.meshkore.hub.intent;

import java.math.BigInteger;
import java.util.Map;

/// The most that may be paid: `atoms` units of which `10^decimals` make one of the asset. Exact;
/// nothing of it is floating point.
///
/// @param atoms the amount; zero where it must be free of charge
/// @param decimals as many as the asset usually has, or more where the request has more
/// @param asset an ISO 4217 code such as `USD`, or a token such as `USDC`; empty where it must be
///   free of charge, in whatever asset
/// @param per what that much is paid for, such as `page`, `word`, `hour`, `call`, `token` or
///   `item`; empty for all of the work
public record Budget(BigInteger atoms, int decimals, String asset, String per) {
  /// The parts of a bitcoin that are assets of their own, and how many decimals they are.
  private static final Map<String, Integer> BITCOIN = Map.of("SAT", 8, "MSAT", 11);

  /// Whether a price can be compared with it: of the same asset and unit. What is free of charge
  /// always can, and so can every price where the work must be.
  ///
  /// @param unit what the price is for, `job` where it is for all of the work
  public boolean isComparable(BigInteger price, String priceAsset, String unit) {
    if (price.signum() == 0 || asset.isEmpty()) {
      return true;
    }
    String same = BITCOIN.containsKey(priceAsset) ? "BTC" : priceAsset;
    return asset.equals(same) && unit.equals(per.isEmpty() ? "job" : per);
  }

  /// Whether a price keeps to it. Of the same asset, or of parts of a bitcoin; a price in another
  /// asset cannot be compared, and does not.
  public boolean allows(BigInteger price, int priceDecimals, String priceAsset) {
    if (price.signum() == 0) {
      return true;
    }
    int places = priceDecimals + BITCOIN.getOrDefault(priceAsset, 0);
    int more = Math.max(decimals, places);
    return asset.equals(BITCOIN.containsKey(priceAsset) ? "BTC" : priceAsset)
        && price
                .multiply(BigInteger.TEN.pow(more - places))
                .compareTo(atoms.multiply(BigInteger.TEN.pow(more - decimals)))
            <= 0;
  }
}
