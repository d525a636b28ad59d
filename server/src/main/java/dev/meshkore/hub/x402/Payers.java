package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.keys.KeyType;
import java.util.HexFormat;
import java.util.Optional;

/// Which agents have signed payments. Thread-safe.
public final class Payers {
  private final AgentKeys keys;

  Payers(AgentKeys keys) {
    this.keys = keys;
  }

  /// The agent that holds the key which signed a payment now, if it is any's.
  public Optional<Caller.OfAgent> of(SignedPayment payment, SignDomain domain) {
    var words = payment.authorization();
    return EcdsaSignature.signer(words.transferDigest(domain), payment.signature())
        .filter(point -> words.from().equals(Address.ofKey(point)))
        .flatMap(point -> keys.holder(KeyType.SECP256K1, HexFormat.of().formatHex(point, 1, 33)));
  }
}
