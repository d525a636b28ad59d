package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// What the contract of a token that knows EIP-3009 is asked, and what it says in its logs.
final class TokenCalls {
  /// The first topic of what a token logs.
  static final String TRANSFER = topic("Transfer(address,address,uint256)");

  static final String USED = topic("AuthorizationUsed(address,bytes32)");
  static final String CANCELED = topic("AuthorizationCanceled(address,bytes32)");

  private static final int SELECTOR_BYTES = 4;
  private static final int POINT_BYTES = 32;
  private static final byte[] MOVE =
      selector(
          "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,"
              + "uint8,bytes32,bytes32)");
  private static final byte[] STATE = selector("authorizationState(address,bytes32)");
  private static final byte[] BALANCE = selector("balanceOf(address)");

  private TokenCalls() {}

  /// Moves the money of an authorization by its signature of 65 bytes, in the form that every
  /// version of the token has.
  static byte[] move(Authorization one, byte[] signature) {
    return Rlp.joined(
        MOVE,
        Word.of(one.from()),
        Word.of(one.to()),
        Word.of(one.value()),
        Word.of(one.validAfter()),
        Word.of(one.validBefore()),
        Word.readBytes(one.nonce()).orElseThrow(),
        Word.of(signature[2 * POINT_BYTES] & 0xff),
        Arrays.copyOf(signature, POINT_BYTES),
        Arrays.copyOfRange(signature, POINT_BYTES, 2 * POINT_BYTES));
  }

  /// Asks whether a nonce was used, or canceled.
  static byte[] state(Address from, String nonce) {
    return Rlp.joined(STATE, Word.of(from), Word.readBytes(nonce).orElseThrow());
  }

  /// Asks how many atoms somebody has.
  static byte[] balance(Address of) {
    return Rlp.joined(BALANCE, Word.of(of));
  }

  /// An address as a topic.
  static String topic(Address address) {
    return "0x" + HexFormat.of().formatHex(Word.of(address));
  }

  /// The first topic of what is logged as an event.
  static String topic(String event) {
    return "0x" + HexFormat.of().formatHex(Word.of(event));
  }

  private static byte[] selector(String function) {
    byte[] hash = Keccak.hash(function.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(hash, SELECTOR_BYTES);
  }
}
