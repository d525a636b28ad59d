package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.util.HexFormat;
import java.util.Optional;

/// Which agents have signed payments. Thread-safe.
public final class Payers {
  private final Database database;
  private final AgentKeys keys;
  private final KeyAddresses addresses;

  Payers(Database database, AgentKeys keys) {
    this.database = database;
    this.keys = keys;
    this.addresses = new KeyAddresses(database);
  }

  /// The agent that holds the key which signed a payment now, if it is any's.
  ///
  /// @throws Refused where an agent gave the key up: it speaks for the agent no more, and to take
  ///   it for a stranger's would let the agent pay by it around its rules
  public Optional<Caller.OfAgent> of(SignedPayment payment, SignDomain domain) {
    var words = payment.authorization();
    Optional<byte[]> signer =
        EcdsaSignature.signer(words.transferDigest(domain), payment.signature())
            .filter(point -> words.from().equals(Address.ofKey(point)));
    Optional<Caller.OfAgent> holder =
        signer.flatMap(
            point -> keys.holder(KeyType.SECP256K1, HexFormat.of().formatHex(point, 1, 33)));
    if (signer.isPresent() && holder.isEmpty() && isAnyones(words.from())) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "This address is of a key that an agent gave up: it calls nothing any more. What is left"
              + " there can be moved to another address");
    }
    return holder;
  }

  /// Whether an address is of a key that is, or was, an agent's.
  private boolean isAnyones(Address address) {
    return database.read(reader -> addresses.holder(reader, address.hex())).isPresent();
  }
}
