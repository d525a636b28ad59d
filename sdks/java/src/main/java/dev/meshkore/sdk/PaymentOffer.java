package dev.meshkore.sdk;

import dev.meshkore.sdk.Denial.Limit;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One way in which a seller would be paid, read as far as it can be signed: the scheme `exact` by
/// EIP-3009.
///
/// @param json as the seller wrote it, since it is sent back word for word
/// @param network by CAIP-2, also where version 1 has a name of its own
/// @param domain for whom it is signed
/// @param seconds for how long it will count
record PaymentOffer(
    JsonNode json,
    String network,
    EvmAddress asset,
    EvmAddress payTo,
    BigInteger amount,
    long seconds,
    SignDomain domain) {
  /// Circle's gateway takes payments for a week and some minutes; nobody needs more.
  static final long SECONDS_MAX = 8 * 86_400;

  private static final String GATEWAY = "GatewayWalletBatched";
  private static final String BY_AUTHORIZATION = "eip3009";
  private static final int NAME_LENGTH_MAX = 100;
  private static final int BITS_MAX = 256;

  /// As amounts are written: no sign, no exponent, no zero before the others.
  private static final Pattern AMOUNT = Pattern.compile("[1-9][0-9]{0,77}");

  /// Names of version 1, as its own client knows them.
  private static final Map<String, Long> FORMER_CHAINS =
      Map.ofEntries(
          Map.entry("abstract", 2_741L),
          Map.entry("abstract-testnet", 11_124L),
          Map.entry("base", 8_453L),
          Map.entry("base-sepolia", 84_532L),
          Map.entry("avalanche", 43_114L),
          Map.entry("avalanche-fuji", 43_113L),
          Map.entry("iotex", 4_689L),
          Map.entry("sei", 1_329L),
          Map.entry("sei-testnet", 1_328L),
          Map.entry("polygon", 137L),
          Map.entry("polygon-amoy", 80_002L),
          Map.entry("peaq", 3_338L),
          Map.entry("story", 1_514L),
          Map.entry("educhain", 41_923L));

  /// An offer that cannot be signed.
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Denial denial;

    Unfit(Limit limit, String detail) {
      super(detail);
      this.denial = new Denial(limit, detail);
    }

    Denial denial() {
      return denial;
    }
  }

  /// Reads one of `accepts`.
  static PaymentOffer read(int version, JsonNode json) throws Unfit {
    String scheme = text(json, "scheme");
    JsonNode extra = json.path("extra");
    String method = extra.path("assetTransferMethod").asString(BY_AUTHORIZATION);
    if (!scheme.equals("exact") || !method.equals(BY_AUTHORIZATION)) {
      throw new Unfit(
          Limit.SCHEME,
          "The scheme " + Denial.quoted(scheme) + " by " + Denial.quoted(method) + " is not known");
    }
    String network = network(version, text(json, "network"));
    EvmAddress asset = address(json, "asset");
    String name = text(extra, "name");
    boolean isOfGateway = name.equals(GATEWAY);
    var domain =
        new SignDomain(
            name,
            text(extra, "version"),
            Long.parseLong(network.substring(network.indexOf(':') + 1)),
            isOfGateway ? address(extra, "verifyingContract") : asset);
    BigInteger amount = amount(text(json, version == 1 ? "maxAmountRequired" : "amount"));
    return new PaymentOffer(
        json, network, asset, address(json, "payTo"), amount, seconds(json), domain);
  }

  private static String network(int version, String text) throws Unfit {
    Long former = version == 1 ? FORMER_CHAINS.get(text) : null;
    String network = former == null ? text : "eip155:" + former;
    if (!Allowance.isNetwork(network)) {
      throw new Unfit(Limit.NETWORK, "The network " + Denial.quoted(text) + " is no EVM chain");
    }
    return network;
  }

  private static BigInteger amount(String text) throws Unfit {
    if (!AMOUNT.matcher(text).matches() || new BigInteger(text).bitLength() > BITS_MAX) {
      throw new Unfit(Limit.TERMS, "The amount " + Denial.quoted(text) + " is no number of atoms");
    }
    return new BigInteger(text);
  }

  private static long seconds(JsonNode json) throws Unfit {
    JsonNode value = json.path("maxTimeoutSeconds");
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 1) {
      throw new Unfit(Limit.TERMS, "maxTimeoutSeconds is no number of seconds");
    }
    if (value.asLong() > SECONDS_MAX) {
      throw new Unfit(
          Limit.TIME,
          "It would count for "
              + value.asLong()
              + " seconds, which is over the limit of "
              + SECONDS_MAX);
    }
    return value.asLong();
  }

  private static EvmAddress address(JsonNode json, String member) throws Unfit {
    String text = text(json, member);
    return EvmAddress.read(text)
        .orElseThrow(
            () -> new Unfit(Limit.TERMS, member + " is no address: " + Denial.quoted(text)));
  }

  private static String text(JsonNode json, String member) throws Unfit {
    JsonNode value = json.path(member);
    if (!value.isString() || value.asString().isEmpty()) {
      throw new Unfit(Limit.TERMS, member + " is missing");
    }
    boolean isName = member.equals("name") || member.equals("version");
    if (isName && value.asString().length() > NAME_LENGTH_MAX) {
      throw new Unfit(Limit.TERMS, member + " is too long");
    }
    return value.asString();
  }
}
