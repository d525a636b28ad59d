package dev.meshkore.sdk;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What may be paid in one asset. Without one nothing is.
///
/// @param network the chain, by CAIP-2, such as `eip155:8453`
/// @param asset the address of the asset's contract there
/// @param mostPerPayment how many atoms a payment may have
/// @param mostInAll how many atoms all payments may have together; what was signed counts
/// @param gateway the contract for which payments may be signed instead of the asset's own, as
///   Circle's `GatewayWallet` for nanopayments, or null. Whoever could name any contract could have
///   a payment signed in another asset
public record Allowance(
    String network,
    String asset,
    BigInteger mostPerPayment,
    BigInteger mostInAll,
    @Nullable String gateway) {
  private static final Pattern NETWORK = Pattern.compile("eip155:[1-9][0-9]{0,17}");

  /// Takes an EVM network, addresses in one case or with their checksum, and no negative amounts.
  public Allowance {
    if (!isNetwork(network)) {
      throw new IllegalArgumentException("A network is eip155: and a number, not " + network);
    }
    asset = address(asset);
    gateway = gateway == null ? null : address(gateway);
    if (mostPerPayment.signum() < 0 || mostInAll.signum() < 0) {
      throw new IllegalArgumentException("A limit is a number of atoms, 0 or more");
    }
  }

  /// So many atoms of an asset.
  public static Allowance of(String network, String asset, long mostPerPayment, long mostInAll) {
    return new Allowance(
        network, asset, BigInteger.valueOf(mostPerPayment), BigInteger.valueOf(mostInAll), null);
  }

  /// The same, and payments may be signed for this contract.
  public Allowance through(String gatewayContract) {
    return new Allowance(network, asset, mostPerPayment, mostInAll, gatewayContract);
  }

  static boolean isNetwork(String text) {
    return NETWORK.matcher(text).matches();
  }

  boolean isOf(PaymentOffer offer) {
    return network.equals(offer.network()) && asset.equals(offer.asset().text());
  }

  boolean takes(EvmAddress contract) {
    return contract.text().equals(asset) || contract.text().equals(gateway);
  }

  private static String address(String text) {
    return EvmAddress.read(text)
        .map(EvmAddress::text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "No address, or its capitals are not its checksum: " + text));
  }
}
