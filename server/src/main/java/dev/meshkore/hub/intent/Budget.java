package dev.meshkore.hub.intent;

import java.math.BigInteger;

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
  /// Whether a price keeps to it. A price in another asset cannot be compared, and does not.
  public boolean allows(BigInteger price, int priceDecimals, String priceAsset) {
    if (price.signum() == 0) {
      return true;
    }
    int more = Math.max(decimals, priceDecimals);
    return asset.equals(priceAsset)
        && price
                .multiply(BigInteger.TEN.pow(more - priceDecimals))
                .compareTo(atoms.multiply(BigInteger.TEN.pow(more - decimals)))
            <= 0;
  }
}
