package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/// A transaction before it is signed (EIP-1559, type 2); it moves no ether.
///
/// @param chain the chain's number
/// @param nonce which of the sender's transactions it is
/// @param tip what whoever takes it up gets for a unit of gas, in wei
/// @param feeMax what a unit of gas may cost in all, in wei
/// @param gas the most units of gas
/// @param to which contract is called, or who gets nothing
/// @param call what is called
record RawTransaction(
    long chain, long nonce, long tip, long feeMax, long gas, Address to, byte[] call) {
  private static final byte TYPE = 2;
  private static final int RECOVERY_BASE = 27;
  private static final int POINT_BYTES = 32;

  /// A signed transaction, as nodes take it.
  ///
  /// @param hash by which it is found
  /// @param bytes what is sent
  record Signed(String hash, byte[] bytes) {}

  /// Signs it. The same key signs the same in the same way.
  Signed signed(GasKey key) {
    byte[][] fields = {
      Rlp.of(chain),
      Rlp.of(nonce),
      Rlp.of(tip),
      Rlp.of(feeMax),
      Rlp.of(gas),
      Rlp.of(to.bytes()),
      Rlp.of(0),
      Rlp.of(call),
      Rlp.list(),
    };
    byte[] signature = key.sign(Keccak.hash(new byte[] {TYPE}, Rlp.list(fields)));
    byte[][] all = Arrays.copyOf(fields, fields.length + 3);
    all[fields.length] = Rlp.of(signature[2 * POINT_BYTES] - RECOVERY_BASE);
    all[fields.length + 1] = Rlp.of(new BigInteger(1, signature, 0, POINT_BYTES));
    all[fields.length + 2] = Rlp.of(new BigInteger(1, signature, POINT_BYTES, POINT_BYTES));
    byte[] bytes = Rlp.joined(new byte[] {TYPE}, Rlp.list(all));
    return new Signed("0x" + HexFormat.of().formatHex(Keccak.hash(bytes)), bytes);
  }
}
