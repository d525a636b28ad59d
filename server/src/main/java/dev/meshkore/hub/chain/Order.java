package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import java.math.BigInteger;
import java.util.List;

/// What is to be handed in to the chain, by a transaction of the hub's.
///
/// @param deed what it does
/// @param payer whose money it is, or for whom it is done
/// @param nonce what is done once for the payer
/// @param payee who is paid
/// @param value how many atoms it moves
/// @param validBefore the second from which on it cannot be done any more
record Order(
    Deed deed, Address payer, String nonce, Address payee, BigInteger value, long validBefore) {
  /// The payment of an authorization.
  static Order payment(Address token, Authorization one, byte[] signature) {
    return new Order(
        new Deed(
            Kind.EXACT,
            token,
            TokenCalls.move(one, signature),
            "",
            List.of(used(token, one.from(), one.nonce()))),
        one.from(),
        one.nonce(),
        one.to(),
        one.value(),
        one.validBefore().longValueExact());
  }

  /// That the nonce of an authorization is used or canceled.
  static Aim used(Address token, Address payer, String nonce) {
    return new Aim(token, TokenCalls.state(payer, nonce), 0, BigInteger.ONE);
  }
}
