package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.x402.Requirements;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Makes orders to the escrow contract of what receivers hand in, where the chain says that they
/// would do something. What would change nothing takes no gas. Authorizers that have code are
/// refused: the chain would run it in the hub's transaction, in place of looking at a signature.
/// Thread-safe; calls block and may throw [NodeFailure].
final class VoucherOrders {
  private static final int NONCE_BYTES = 32;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Node node;
  private final GasKey key;
  private final Settler settler;
  private final VoucherRules rules;
  private final Escrow escrow;
  private final SignDomain domain;

  VoucherOrders(ChainParts parts, ChainSettings settings, Node node, GasKey key, Settler settler) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.key = key;
    this.settler = settler;
    this.rules = new VoucherRules(parts, settings);
    this.escrow = new Escrow(settings, node);
    this.domain = settings.escrow();
  }

  /// What is to be done.
  sealed interface Wanted {
    /// This is to be handed in.
    record New(Order order) implements Wanted {}

    /// The same was handed in before.
    record Known(Settling settling) implements Wanted {}

    /// The chain has it already, by a transaction of others or one that is not known any more.
    record Done() implements Wanted {}

    /// Nothing is done.
    record Not(String reason) implements Wanted {}
  }

  VoucherRules rules() {
    return rules;
  }

  Escrow escrow() {
    return escrow;
  }

  /// Puts a payer's money into a channel.
  Order deposit(VoucherPayload.Deposit one) {
    Channel channel = one.voucher().channel();
    String nonce = rules.authorization(one).nonce();
    Address token = settings.domain().contract();
    return new Order(
        new Deed(
            Kind.DEPOSIT,
            domain.contract(),
            EscrowCalls.deposit(channel, one, settings.collector()),
            "",
            List.of(Order.used(token, channel.payer(), nonce))),
        channel.payer(),
        nonce,
        settings.collector(),
        one.atoms(),
        one.validBefore().min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
  }

  /// Whether the chain would do it now.
  boolean isPossible(Order order) {
    return node.tried(key.address(), order.deed().contract(), order.deed().call()).isPresent();
  }

  /// Claims what vouchers say.
  Wanted claim(VoucherPayload.Claims one, Requirements required) {
    Optional<String> mistake = rules.claims(one.claims(), one.signature(), required);
    if (mistake.isPresent()) {
      return new Wanted.Not(mistake.get());
    }
    Channel first = one.claims().getFirst().channel();
    String subject = first.receiver().hex() + "/" + first.receiverAuthorizer().hex();
    byte[] call = EscrowCalls.claim(one.claims(), one.signature().orElseThrow());
    Optional<Wanted> before = before(Kind.CLAIM, subject, call);
    if (before.isPresent()) {
      return before.get();
    }
    if (node.hasCode(first.receiverAuthorizer())) {
      return new Wanted.Not(VoucherWords.RECEIVER_AUTHORIZER);
    }
    // One call tells of all of them; what the chain refuses has no channel of it looked at.
    if (node.tried(key.address(), domain.contract(), call).isEmpty()) {
      return new Wanted.Not(VoucherWords.CLAIM_TRIED);
    }
    Node.Block head = settler.freshHead();
    BigInteger moved = BigInteger.ZERO;
    var aims = new ArrayList<Aim>();
    for (Channel.Claim claim : one.claims()) {
      byte[] id = claim.channel().id(domain);
      BigInteger more = claim.total().subtract(escrow.claimed(id, head)).max(BigInteger.ZERO);
      moved = moved.add(more);
      // What is not there yet comes first: it tells whether the transaction has been.
      aims.add(
          more.signum() > 0 ? 0 : aims.size(),
          new Aim(domain.contract(), EscrowCalls.channel(id), 1, claim.total()));
    }
    if (moved.signum() == 0) {
      Node.Block deep = escrow.deep(head);
      boolean isSure = aims.stream().allMatch(aim -> aim.isReached(node, deep));
      return isSure ? new Wanted.Done() : new Wanted.Not(EvmRail.PENDING);
    }
    if (isLittle(Kind.CLAIM, moved)) {
      return new Wanted.Not(VoucherWords.LEAST);
    }
    Deed deed = new Deed(Kind.CLAIM, domain.contract(), call, subject, aims);
    return new Wanted.New(order(deed, first.receiver(), moved));
  }

  /// Pays a receiver what is its own.
  Wanted settle(VoucherPayload.Settle one, Requirements required) {
    if (!one.token().equals(settings.domain().contract())) {
      return new Wanted.Not(VoucherWords.TOKEN);
    }
    if (Address.read(required.payTo()).filter(one.receiver()::equals).isEmpty()) {
      return new Wanted.Not(VoucherWords.RECEIVER);
    }
    String subject = one.receiver().hex();
    Optional<Settling> open = open(Kind.SETTLE, subject);
    if (open.isPresent()) {
      return new Wanted.Known(open.get());
    }
    Node.Block head = settler.freshHead();
    List<BigInteger> totals = escrow.receiver(one.receiver(), head);
    BigInteger moved = totals.get(0).subtract(totals.get(1));
    if (moved.signum() <= 0) {
      return new Wanted.Not(VoucherWords.NOTHING_TO_SETTLE);
    }
    if (isLittle(Kind.SETTLE, moved)) {
      return new Wanted.Not(VoucherWords.LEAST);
    }
    byte[] question = EscrowCalls.receiver(one.receiver(), one.token());
    Deed deed =
        new Deed(
            Kind.SETTLE,
            domain.contract(),
            EscrowCalls.settle(one.receiver(), one.token()),
            subject,
            List.of(new Aim(domain.contract(), question, 1, totals.get(0))));
    return tried(order(deed, one.receiver(), moved), VoucherWords.SETTLE_TRIED);
  }

  /// Gives a payer back what is not the receiver's, after the last claim.
  Wanted refund(VoucherPayload.Refund one, Requirements required) {
    Optional<String> mistake = rules.refund(one, required);
    if (mistake.isPresent()) {
      return new Wanted.Not(mistake.get());
    }
    Channel channel = one.voucher().channel();
    String subject = one.voucher().channelId().substring(2);
    byte[] refund =
        EscrowCalls.refund(channel, one.atoms(), one.nonce(), one.signature().orElseThrow());
    byte[] call =
        one.claims().isEmpty()
            ? refund
            : EscrowCalls.together(
                List.of(
                    EscrowCalls.claim(one.claims(), one.claimSignature().orElseThrow()), refund));
    Optional<Wanted> before = before(Kind.REFUND, subject, call);
    if (before.isPresent()) {
      return before.get();
    }
    if (node.hasCode(channel.receiverAuthorizer())) {
      return new Wanted.Not(VoucherWords.RECEIVER_AUTHORIZER);
    }
    byte[] id = channel.id(domain);
    Escrow.State state = escrow.at(id, settler.freshHead());
    BigInteger claimed =
        one.claims().stream().map(Channel.Claim::total).reduce(state.claimed(), BigInteger::max);
    BigInteger left = state.balance().subtract(claimed);
    if (!one.nonce().equals(state.refundNonce()) || left.signum() < 0) {
      return new Wanted.Not(VoucherWords.REFUND_TRIED);
    }
    BigInteger back = one.atoms().min(left);
    if (back.signum() == 0) {
      return new Wanted.Not(VoucherWords.REFUND_NONE);
    }
    if (isLittle(Kind.REFUND, back.add(claimed).subtract(state.claimed()))) {
      return new Wanted.Not(VoucherWords.LEAST);
    }
    BigInteger next = one.nonce().add(BigInteger.ONE);
    Aim aim = new Aim(domain.contract(), EscrowCalls.refundNonce(id), 0, next);
    Deed deed = new Deed(Kind.REFUND, domain.contract(), call, subject, List.of(aim));
    return tried(order(deed, channel.payer(), back), VoucherWords.REFUND_TRIED);
  }

  private boolean isLittle(Kind kind, BigInteger moved) {
    BigInteger least = parts.database().read(reader -> settler.bounds().least(reader, kind));
    return moved.compareTo(least) < 0;
  }

  private Wanted tried(Order order, String refusal) {
    return isPossible(order) ? new Wanted.New(order) : new Wanted.Not(refusal);
  }

  /// What is open or was done last of a subject, where it is just this; or why it is to wait.
  private Optional<Wanted> before(Kind kind, String subject, byte[] call) {
    Optional<Settling> open = open(kind, subject);
    if (open.isPresent()) {
      return Optional.of(
          open.get().isCall(call)
              ? new Wanted.Known(open.get())
              : new Wanted.Not(VoucherWords.BUSY));
    }
    return parts
        .database()
        .read(reader -> settler.rows().lastOf(reader, kind, subject))
        .filter(last -> last.isCall(call))
        .map(Wanted.Known::new);
  }

  private Optional<Settling> open(Kind kind, String subject) {
    return parts.database().read(reader -> settler.rows().openOf(reader, kind, subject));
  }

  /// What is no authorization has no end, and no nonce but one of its own.
  private Order order(Deed deed, Address whom, BigInteger moved) {
    byte[] nonce = new byte[NONCE_BYTES];
    parts.random().nextBytes(nonce);
    String name = "0x" + HexFormat.of().formatHex(nonce);
    return new Order(deed, whom, name, whom, moved, Long.MAX_VALUE);
  }

  /// How much a transaction has paid a receiver, as the contract's log says.
  Optional<BigInteger> paid(String transaction, Address receiver) {
    if (transaction.isEmpty()) {
      return Optional.empty();
    }
    List<String> topics =
        List.of(
            EscrowCalls.SETTLED,
            TokenCalls.topic(receiver),
            TokenCalls.topic(settings.domain().contract()));
    return node.receipt(transaction).stream()
        .flatMap(receipt -> receipt.logs().stream())
        .filter(log ->
            log.contract().equals("0x" + domain.contract().hex())
                && log.topics().size() > topics.size()
                && log.topics().subList(0, topics.size()).equals(topics))
        .map(log -> Word.readBytes(log.data()).orElse(new byte[0]))
        .map(word -> new BigInteger(1, word))
        .findFirst();
  }
}
