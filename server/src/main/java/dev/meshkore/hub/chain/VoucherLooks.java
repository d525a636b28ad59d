package dev.meshkore.hub.chain;

import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Verification;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Looks whether what was signed for a channel counts, by itself and as the chain is now.
/// Thread-safe; calls block.
final class VoucherLooks {
  private static final Logger LOG = System.getLogger(VoucherLooks.class.getName());

  /// So many strangers have the node asked at once; others hear at once that they are to come
  /// again.
  private static final int AT_ONCE = 16;

  private final ChainSettings settings;
  private final Settler settler;
  private final VoucherOrders orders;
  private final VoucherRules rules;
  private final Escrow escrow;
  private final Semaphore looking = new Semaphore(AT_ONCE);

  /// What is to be done does not wait for those who only look.
  private final Semaphore doing = new Semaphore(AT_ONCE);

  VoucherLooks(ChainSettings settings, Settler settler, VoucherOrders orders) {
    this.settings = settings;
    this.settler = settler;
    this.orders = orders;
    this.rules = orders.rules();
    this.escrow = orders.escrow();
  }

  /// Room for one look, if there is any, until it is closed.
  static final class Room implements AutoCloseable {
    private final Semaphore free;
    private final boolean isThere;

    private Room(Semaphore free) {
      this.free = free;
      this.isThere = free.tryAcquire();
    }

    boolean isThere() {
      return isThere;
    }

    @Override
    public void close() {
      if (isThere) {
        free.release();
      }
    }
  }

  /// Room for one look at what is to be done.
  Room room() {
    return new Room(doing);
  }

  /// Whether a deposit would be done, and its voucher counts then.
  Verification at(VoucherPayload.Deposit one, Requirements required) {
    Channel channel = one.voucher().channel();
    return rules
        .deposit(one, required, true)
        .map(word -> invalid(word, channel))
        .orElseGet(() -> looked(looking, channel, () -> depositSeen(one)));
  }

  /// What the chain says to a deposit that is to be made, and in which nothing is wrong by itself.
  Verification at(VoucherPayload.Deposit one) {
    return looked(doing, one.voucher().channel(), () -> depositSeen(one));
  }

  private Verification depositSeen(VoucherPayload.Deposit one) {
    Channel channel = one.voucher().channel();
    Node.Block head = settler.freshHead();
    Bounds.Funds funds = settler.bounds().funds(head, channel.payer(), one.atoms());
    if (!settler.bounds().cover(funds, channel.payer(), one.atoms())) {
      return invalid(VoucherWords.FUNDS, channel);
    }
    Escrow.State state = escrow.sure(channel.id(settings.escrow()), head);
    BigInteger after = state.balance().add(one.atoms());
    Optional<String> word = ceiling(one.voucher(), state, after, false);
    if (word.isEmpty() && !orders.isPossible(orders.deposit(one))) {
      word = Optional.of(VoucherWords.DEPOSIT_TRIED);
    }
    return word.map(reason -> invalid(reason, channel))
        .orElseGet(() -> valid(one.voucher(), state));
  }

  /// Whether a voucher counts.
  ///
  /// @param isRefund whether the money that is left is to go back
  Verification at(VoucherPayload.Voucher one, Requirements required, boolean isRefund) {
    return rules
        .voucher(one, required, true)
        .map(word -> invalid(word, one.channel()))
        .orElseGet(() -> looked(looking, one.channel(), () -> voucherSeen(one, isRefund)));
  }

  private Verification voucherSeen(VoucherPayload.Voucher one, boolean isRefund) {
    Channel channel = one.channel();
    Escrow.State state = escrow.sure(channel.id(settings.escrow()), settler.freshHead());
    if (state.balance().signum() == 0) {
      return invalid(VoucherWords.NO_CHANNEL, channel);
    }
    return ceiling(one, state, state.balance(), isRefund)
        .map(word -> invalid(word, channel))
        .orElseGet(() -> valid(one, state));
  }

  /// A ceiling is to be covered by what stays in the channel, and above what is claimed.
  private static Optional<String> ceiling(
      VoucherPayload.Voucher one, Escrow.State state, BigInteger balance, boolean isRefund) {
    // What the payer takes back alone may be gone before it is claimed.
    BigInteger stays = isRefund ? balance : balance.subtract(state.leaving());
    if (one.ceiling().compareTo(stays) > 0) {
      return Optional.of(VoucherWords.ABOVE_BALANCE);
    }
    int above = one.ceiling().compareTo(state.claimed());
    return above < 0 || (above == 0 && !isRefund)
        ? Optional.of(VoucherWords.BELOW_CLAIMED)
        : Optional.empty();
  }

  private static Verification looked(Semaphore free, Channel channel, Supplier<Verification> look) {
    try (Room room = new Room(free)) {
      return room.isThere() ? look.get() : invalid(EvmRail.BUSY, channel);
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A voucher cannot be looked at now: {0}", failure.getMessage());
      return invalid(VoucherWords.UNREAD, channel);
    }
  }

  private static Verification invalid(String reason, Channel channel) {
    return new Verification.Invalid(reason, channel.payer().text());
  }

  private static Verification valid(VoucherPayload.Voucher one, Escrow.State state) {
    return new Verification.Valid(one.channel().payer(), state.json(one.channelId()));
  }
}
