package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRail.Promise;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How much the hub takes on. Anybody can hand payments in, and the hub pays for each transaction,
/// so what is open of a payer is looked at together, and nothing is without an upper end. What
/// counts is said in the transaction that stores a payment. Thread-safe.
final class Bounds {
  /// How many payments of one payer may be open, those among them that failed in their block.
  static final int OF_PAYER_MAX = 32;

  /// How many payments to one payee may be on the way.
  static final int FOR_PAYEE_MAX = 1_000;

  static final String FUNDS = "insufficient_funds";
  private static final String RATE = "rate_limited";
  private static final long HOUR_MS = 3_600_000;

  /// How many times what must be moved at least doubles while a share of an hour fills.
  private static final int DOUBLINGS = 8;

  /// How many times it doubles at most, where others leave their shares.
  private static final int DOUBLINGS_MAX = 16;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Node node;
  private final SqlSettlings rows;
  private final GasKey key;

  Bounds(ChainParts parts, ChainSettings settings, Node node, SqlSettlings rows, GasKey key) {
    this.parts = parts;
    this.settings = settings;
    this.node = node;
    this.rows = rows;
    this.key = key;
  }

  /// What a payer has as of a block.
  ///
  /// @param balance in atoms
  /// @param paid the numbers of those of its payments on the way that this is without already
  record Funds(BigInteger balance, Set<Long> paid) {
    /// Whether it is enough for a payment beside others.
    boolean cover(BigInteger value, List<Settling> onTheWay) {
      return onTheWay.stream()
              .filter(one -> !paid.contains(one.number()))
              .map(Settling::value)
              .reduce(value, BigInteger::add)
              .compareTo(balance)
          <= 0;
    }
  }

  /// What the chain says that a payer has.
  Funds funds(Node.Block head, Address payer, BigInteger value) {
    Address token = settings.domain().contract();
    BigInteger balance = node.wordAt(token, TokenCalls.balance(payer), head);
    var all = new Funds(balance, Set.of());
    List<Settling> onTheWay = parts.database().read(reader -> rows.activeOfPayer(reader, payer));
    if (balance.compareTo(value) < 0 || all.cover(value, onTheWay)) {
      return all;
    }
    // Some may be in a block by now; they are asked of that of the balance.
    return new Funds(
        balance,
        onTheWay.stream()
            .filter(
                one -> node.wordAt(token, TokenCalls.state(payer, one.nonce()), head).signum() != 0)
            .map(Settling::number)
            .collect(Collectors.toSet()));
  }

  /// Whether a payer has enough for a payment beside those that are on the way.
  boolean cover(Funds funds, Address payer, BigInteger value) {
    return cover(funds, payer, value, List.of());
  }

  /// The same, beside what it has promised, too. What is handed in meanwhile counts once.
  boolean cover(Funds funds, Address payer, BigInteger value, List<Promise> promised) {
    return parts
        .database()
        .read(reader ->
            funds.cover(
                value.add(promised(reader, payer, promised)), rows.activeOfPayer(reader, payer)));
  }

  /// The atoms of what a payer has promised and nobody has handed in.
  BigInteger promised(Address payer, List<Promise> promised) {
    return promised.isEmpty()
        ? BigInteger.ZERO
        : parts.database().read(reader -> promised(reader, payer, promised));
  }

  private BigInteger promised(Transaction reader, Address payer, List<Promise> promised)
      throws SQLException {
    BigInteger sum = BigInteger.ZERO;
    for (Promise one : promised) {
      if (rows.find(reader, payer, one.nonce()).isEmpty()) {
        sum = sum.add(one.atoms());
      }
    }
    return sum;
  }

  /// What is asked for a transaction of a payment.
  ///
  /// @param gas the most units of it
  /// @param fees for a unit
  /// @param ether what the hub has, in wei
  record Cost(long gas, Fees fees, BigInteger ether) {}

  /// Why another payment is not taken on, as far as it can be said without the chain.
  Optional<String> full(Transaction reader, Order order) throws SQLException {
    boolean isFull =
        order.deed().kind().isAuthorized()
            && (rows.openOfPayer(reader, order.payer()) >= OF_PAYER_MAX
                || rows.activeForPayee(reader, order.payee()) >= FOR_PAYEE_MAX);
    if (!order.deed().subject().isEmpty()
        && rows.openOf(reader, order.deed().kind(), order.deed().subject()).isPresent()) {
      return Optional.of(VoucherWords.BUSY);
    }
    return isFull ? Optional.of(RATE) : hour(reader, order.deed().kind());
  }

  /// Why no transaction of a kind is sent in this hour any more. Of each hour something is kept for
  /// each, so that none keeps others from being sent.
  Optional<String> hour(Transaction reader, Kind kind) throws SQLException {
    Map<Kind, Long> lately = rows.placesSince(reader, parts.time().millis() - HOUR_MS);
    long taken = 0;
    for (Kind one : Kind.values()) {
      if (one == one.like()) {
        long kept = one == kind.like() ? 0 : settings.perHour() / one.share();
        taken += Math.max(kept, lately.getOrDefault(one, 0L));
      }
    }
    return taken >= settings.perHour() ? Optional.of(RATE) : Optional.empty();
  }

  /// The fewest atoms that a claim, a payout or a refund moves now. It grows as the share of the
  /// hour fills that is kept for these: whoever takes an hour up by small ones leaves room for
  /// those that move much.
  BigInteger least(Transaction reader, Kind kind) throws SQLException {
    Map<Kind, Long> lately = rows.placesSince(reader, parts.time().millis() - HOUR_MS);
    long share = Math.max(1, settings.perHour() / kind.share());
    long doublings = DOUBLINGS * lately.getOrDefault(kind.like(), 0L) / share;
    return BigInteger.valueOf(settings.least()).shiftLeft((int) Math.min(doublings, DOUBLINGS_MAX));
  }

  /// Why a payment is not handed in for lack of the payer's money.
  Optional<String> lack(Transaction reader, Address payer, BigInteger value, Funds funds)
      throws SQLException {
    return funds.cover(value, rows.activeOfPayer(reader, payer))
        ? Optional.empty()
        : Optional.of(FUNDS);
  }

  /// Why a transaction is not sent for lack of the hub's ether.
  Optional<String> lackOfEther(Transaction reader, Cost cost) throws SQLException {
    BigInteger gas =
        BigInteger.valueOf(rows.gasOnTheWay(reader, key.address()))
            .add(BigInteger.valueOf(cost.gas()));
    return gas.multiply(BigInteger.valueOf(cost.fees().most())).compareTo(cost.ether()) <= 0
        ? Optional.empty()
        : Optional.of(Settler.UNABLE);
  }
}
