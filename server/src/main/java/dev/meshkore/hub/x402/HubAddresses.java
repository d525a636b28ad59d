package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.SignDomain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

/// The addresses by which signed payments name this hub's ledger and who is paid in it. They come
/// out of the hub's own key, so what is signed for one hub counts at no other, and no contract and
/// no secret has them: what somebody sends to them on a chain is lost.
///
/// @param chain the number of the chain that signatures name
/// @param ledger what stands for the ledger, as its contract and as the asset that it holds
public record HubAddresses(long chain, Address ledger) {
  /// The name and version of what Circle's clients sign for, which others sign as well.
  static final String NAME = "GatewayWalletBatched";

  static final String VERSION = "1";
  private static final int TAG_BYTES = 12;

  /// The addresses of the hub with this public key.
  ///
  /// @param hubKey in any form that never changes
  public static HubAddresses of(long chain, String hubKey) {
    byte[] hash = Keccak.hash(("meshkore ledger\n" + hubKey).getBytes(StandardCharsets.UTF_8));
    return new HubAddresses(chain, Address.of(Arrays.copyOfRange(hash, TAG_BYTES, hash.length)));
  }

  /// The network, by CAIP-2.
  public String network() {
    return Networks.EVM + chain;
  }

  /// For whom payments on the ledger are signed.
  SignDomain domain() {
    return new SignDomain(NAME, VERSION, chain, ledger);
  }

  /// The address that pays an agent: twelve bytes of the ledger's, then the agent's number.
  public Address payTo(long agent) {
    ByteBuffer bytes = ByteBuffer.allocate(TAG_BYTES + Long.BYTES);
    bytes.put(ledger.bytes(), 0, TAG_BYTES).putLong(agent);
    return Address.of(bytes.array());
  }

  /// The agent that an address pays; empty for what is no such address of this hub.
  OptionalLong agentOf(Address address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.bytes());
    byte[] tag = new byte[TAG_BYTES];
    bytes.get(tag);
    long number = bytes.getLong();
    boolean isOurs = number > 0 && Arrays.equals(tag, Arrays.copyOf(ledger.bytes(), TAG_BYTES));
    return isOurs ? OptionalLong.of(number) : OptionalLong.empty();
  }
}
