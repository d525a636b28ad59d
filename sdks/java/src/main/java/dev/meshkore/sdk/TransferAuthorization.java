package dev.meshkore.sdk;

import java.math.BigInteger;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/// What a payer signs so that a seller may move its money once (EIP-3009,
/// `TransferWithAuthorization`).
///
/// @param value how many atoms
/// @param validAfter the second after which it counts
/// @param validBefore the second from which on it does not
/// @param nonce 32 bytes in hexadecimal, lower case; each works once for a payer
record TransferAuthorization(
    EvmAddress from,
    EvmAddress to,
    BigInteger value,
    BigInteger validAfter,
    BigInteger validBefore,
    String nonce) {
  private static final byte[] TYPE =
      SignDomain.word(
          "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
              + "uint256 validBefore,bytes32 nonce)");

  /// The 32 bytes that are signed.
  byte[] digest(SignDomain domain) {
    return domain.digest(
        Hashes.keccak(
            TYPE,
            SignDomain.word(from),
            SignDomain.word(to),
            SignDomain.word(value),
            SignDomain.word(validAfter),
            SignDomain.word(validBefore),
            HexFormat.of().parseHex(nonce)));
  }

  /// As x402 writes it: all are texts.
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("from", from.text());
    json.put("to", to.text());
    json.put("value", value.toString());
    json.put("validAfter", validAfter.toString());
    json.put("validBefore", validBefore.toString());
    json.put("nonce", "0x" + nonce);
    return json;
  }
}
