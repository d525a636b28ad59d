package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The escrow contract as the chain has it. Thread-safe; calls block and may throw [NodeFailure].
final class Escrow {
  /// As the contract holds times.
  private static final int SECONDS_BITS = 40;

  private final ChainSettings settings;
  private final Node node;
  private final Address contract;

  Escrow(ChainSettings settings, Node node) {
    this.settings = settings;
    this.node = node;
    this.contract = settings.escrow().contract();
  }

  /// What is in a channel.
  ///
  /// @param balance all that was put in and not given back, in atoms
  /// @param claimed how much of all that was ever in is the receiver's
  /// @param leaving how many atoms the payer takes back alone
  /// @param leavingSince the second since when it waits for them, or 0
  /// @param refundNonce how often the receiver gave money back
  record State(
      BigInteger balance,
      BigInteger claimed,
      BigInteger leaving,
      BigInteger leavingSince,
      BigInteger refundNonce) {
    /// As x402 tells it.
    ObjectNode json(String channelId) {
      ObjectNode json = Json.object();
      json.put("channelId", channelId);
      json.put("balance", balance.toString());
      json.put("totalClaimed", claimed.toString());
      json.put("withdrawRequestedAt", leavingSince.longValueExact());
      json.put("refundNonce", refundNonce.toString());
      return json;
    }
  }

  /// What was in a channel as of a block.
  State at(byte[] id, Node.Block block) {
    List<BigInteger> channel = node.wordsAt(contract, EscrowCalls.channel(id), 2, block);
    List<BigInteger> leaving = node.wordsAt(contract, EscrowCalls.withdrawal(id), 2, block);
    if (leaving.get(1).bitLength() > SECONDS_BITS) {
      throw new NodeFailure("A contract answers a time that cannot be");
    }
    List<BigInteger> refunds = node.wordsAt(contract, EscrowCalls.refundNonce(id), 1, block);
    return new State(
        channel.get(0), channel.get(1), leaving.get(0), leaving.get(1), refunds.getFirst());
  }

  /// What can be counted on: what is in a channel now, without what a reorganisation may undo.
  State sure(byte[] id, Node.Block head) {
    State now = at(id, head);
    BigInteger deep = node.wordsAt(contract, EscrowCalls.channel(id), 2, deep(head)).getFirst();
    return new State(
        now.balance().min(deep),
        now.claimed(),
        now.leaving(),
        now.leavingSince(),
        now.refundNonce());
  }

  /// A block that is as deep as what is final.
  Node.Block deep(Node.Block head) {
    return node.block(Math.max(0, head.number() - settings.confirmations() + 1))
        .orElseThrow(() -> new NodeFailure("The node has not the block before"));
  }

  /// How much a channel's receiver has claimed as of a block.
  BigInteger claimed(byte[] id, Node.Block block) {
    return node.wordsAt(contract, EscrowCalls.channel(id), 2, block).get(1);
  }

  /// How much a receiver has claimed of the token in all, and how much of that it was paid.
  List<BigInteger> receiver(Address receiver, Node.Block block) {
    byte[] question = EscrowCalls.receiver(receiver, settings.domain().contract());
    return node.wordsAt(contract, question, 2, block);
  }
}
