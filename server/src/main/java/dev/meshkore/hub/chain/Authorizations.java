package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Word;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How the nonce of an authorization was used by others than the hub, as the token's logs tell.
/// Thread-safe.
final class Authorizations {
  /// Nodes refuse to look for logs in many blocks at once.
  private static final long LOG_BLOCKS = 500;

  /// An authorization may have been used a little before it was handed in, as it turns out.
  private static final long BLOCKS_BEFORE = 128;

  private final ChainSettings settings;
  private final Node node;

  Authorizations(ChainSettings settings, Node node) {
    this.settings = settings;
    this.node = node;
  }

  /// What became of a nonce.
  sealed interface Use {
    /// The very payment was made.
    record Paid(String transaction, SqlSettlings.Place place) implements Use {}

    /// The payer took it back.
    record Canceled() implements Use {}

    /// The payer paid something else with it.
    record Otherwise() implements Use {}
  }

  /// How a nonce was used that is used as of a block: somebody else handed the authorization in, or
  /// the payer used or canceled its nonce.
  ///
  /// @throws NodeFailure where the node does not tell
  Use useOf(Settling one, Node.Block deep) {
    Optional<Node.Log> log = use(one, deep);
    if (log.isEmpty()) {
      throw new NodeFailure("The node does not tell how an authorization was used");
    }
    if (log.get().kind().equals(TokenCalls.CANCELED)) {
      return new Use.Canceled();
    }
    Node.Receipt receipt =
        node.receipt(log.get().transaction())
            .filter(node::isInChain)
            .orElseThrow(() -> new NodeFailure("The node has not the receipt"));
    if (isPaidBy(receipt, one)) {
      var place = new SqlSettlings.Place(receipt.block(), receipt.blockHash());
      return new Use.Paid(log.get().transaction(), place);
    }
    return new Use.Otherwise();
  }

  private Optional<Node.Log> use(Settling one, Node.Block deep) {
    Address token = settings.domain().contract();
    List<String> topics =
        List.of(TokenCalls.topic(one.payer()), one.nonce().toLowerCase(Locale.ROOT));
    long first = Math.max(0, one.madeBlock() - BLOCKS_BEFORE);
    for (long to = deep.number(); to >= first; to -= LOG_BLOCKS) {
      long from = Math.max(first, to - LOG_BLOCKS + 1);
      for (Node.Log log : node.logs(token, from, to, topics)) {
        if (log.kind().equals(TokenCalls.USED) || log.kind().equals(TokenCalls.CANCELED)) {
          return Optional.of(log);
        }
      }
    }
    return Optional.empty();
  }

  /// Whether the use of this very nonce moved the money: the token says that it is used, and then
  /// the transfer, with nothing in between. Others in the same transaction are for other nonces.
  private boolean isPaidBy(Node.Receipt receipt, Settling one) {
    List<String> used =
        List.of(
            TokenCalls.USED, TokenCalls.topic(one.payer()), one.nonce().toLowerCase(Locale.ROOT));
    return receipt.logs().stream()
        .filter(log -> isOfToken(log) && log.topics().equals(used))
        .anyMatch(use ->
            receipt.logs().stream()
                .anyMatch(log -> log.index() == use.index() + 1 && isPayment(log, one)));
  }

  private boolean isOfToken(Node.Log log) {
    return log.contract().equals("0x" + settings.domain().contract().hex());
  }

  private boolean isPayment(Node.Log log, Settling one) {
    List<String> topics =
        List.of(TokenCalls.TRANSFER, TokenCalls.topic(one.payer()), TokenCalls.topic(one.payee()));
    return isOfToken(log)
        && log.topics().equals(topics)
        && log.data().equals("0x" + HexFormat.of().formatHex(Word.of(one.value())));
  }
}
