package dev.meshkore.sdk;

import fr.acinq.secp256k1.Secp256k1;
import java.util.Arrays;

/// A secp256k1 key that signs payments, with its address on EVM chains. Whoever has it has the
/// money of that address. Immutable.
public final class EvmWallet {
  private static final int RECOVERY_BASE = 27;

  private final byte[] secret;
  private final EvmAddress address;

  private EvmWallet(byte[] secret) {
    this.secret = secret.clone();
    this.address = EvmAddress.ofKey(Secp256k1.get().pubkeyCreate(this.secret));
  }

  /// The wallet of an agent's keys: its address is [Keys#evmAddress].
  public static EvmWallet of(Keys keys) {
    return new EvmWallet(keys.secp256k1Private());
  }

  /// The wallet of a key that is kept elsewhere.
  ///
  /// @param secret the private key, 32 bytes
  public static EvmWallet ofSecret(byte[] secret) {
    if (secret.length != 32 || !Secp256k1.get().secKeyVerify(secret)) {
      throw new IllegalArgumentException("No private key of secp256k1: 32 bytes, below its order");
    }
    return new EvmWallet(secret);
  }

  /// Its address, with the checksum of EIP-55.
  public String address() {
    return address.text();
  }

  /// Names the address, and shows nothing secret.
  @Override
  public String toString() {
    return address.text();
  }

  EvmAddress evmAddress() {
    return address;
  }

  /// Signs 32 bytes: `r`, `s` and `v`, 65 bytes. Of the two `s` it is the low one, and `v` is 27 or
  /// 28, since contracts of tokens take nothing else.
  byte[] sign(byte[] digest) {
    byte[] compact = Secp256k1.get().sign(digest, secret, null);
    byte[] own = Secp256k1.get().pubkeyCreate(secret);
    byte[] signature = Arrays.copyOf(compact, compact.length + 1);
    for (int recovery = 0; recovery < 2; recovery++) {
      if (Arrays.equals(Secp256k1.get().ecdsaRecover(compact, digest, recovery), own)) {
        signature[compact.length] = (byte) (RECOVERY_BASE + recovery);
        return signature;
      }
    }
    throw new IllegalStateException("A key signed what is not its own");
  }
}
