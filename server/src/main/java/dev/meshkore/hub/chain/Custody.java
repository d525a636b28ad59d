package dev.meshkore.hub.chain;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.Requirements;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Money held in escrow on a chain, for whoever has work done for it: by x402's scheme
/// `auth-capture`. A payer signs once; then the hub can pay the agreed receiver out of it, with the
/// agreed fee, or give it back, and nothing else. What is ordered is stored in the caller's own
/// transaction, and followed until the chain has decided. Thread-safe.
public final class Custody {
  /// How long what a payer signs may count, in seconds.
  public static final long SIGNED_SECONDS = 3_600;

  static final String SCHEME = "auth-capture";

  private final ChainParts parts;
  private final ChainSettings settings;
  private final GasKey key;
  private final CustodyLooks looks;
  private final SqlCustody rows;

  Custody(ChainParts parts, ChainSettings settings, GasKey key, Node node, Settler settler) {
    this.parts = parts;
    this.settings = settings;
    this.key = key;
    this.looks = new CustodyLooks(parts, settings, key, node, settler);
    this.rows = new SqlCustody(settings.network(), settings.domain().contract().hex());
  }

  /// What payer and receiver have agreed on, and the hub with them. All of it is in what the payer
  /// signs.
  ///
  /// @param escrow the contract that holds the money
  /// @param operator the hub's key, which alone may capture and void
  /// @param payer whose money it is
  /// @param receiver who is paid
  /// @param feeReceiver who gets the fee
  /// @param feeBps the fee of each capture, in hundredths of a percent, rounded down
  /// @param atoms how much is held
  /// @param deadline the second from which on nothing is captured, and the payer may take back what
  ///   is left without anybody
  public record Deal(
      Address escrow,
      Address operator,
      Address payer,
      Address receiver,
      Address feeReceiver,
      long feeBps,
      long atoms,
      long deadline) {}

  /// What a payer has signed for a deal, once it was looked at.
  public static final class Signed {
    private final SqlCustody.Held held;

    Signed(SqlCustody.Held held) {
      this.held = held;
    }

    /// By what the contract finds the payment.
    public String payment() {
      return held.payment();
    }
  }

  /// What a look at something signed came to.
  public sealed interface Checked {
    /// The money would go into escrow now.
    record Fine(Signed signed) implements Checked {}

    /// It would not.
    ///
    /// @param reason a word
    record Wrong(String reason) implements Checked {}
  }

  /// What may be done.
  public enum What {
    AUTHORIZE,
    CAPTURE,
    VOID;

    /// As it is written.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How far something is.
  public enum Progress {
    ON_THE_WAY,
    DONE,
    FAILED;

    /// As it is written.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// Something that was ordered, and what has become of it.
  ///
  /// @param number by which it is known
  /// @param payment of which payment
  /// @param about what that is for
  /// @param atoms how much it moves, before fees; of a void what was in escrow when it was ordered
  /// @param reason why it failed, a word, or ""
  /// @param transaction by which it was done, where that is known, or ""
  public record Ordered(
      long number,
      String payment,
      String about,
      What what,
      long atoms,
      Progress progress,
      String reason,
      String transaction) {}

  /// What is held.
  public Asset asset() {
    return Asset.ofToken(settings.domain().chain(), settings.domain().contract());
  }

  /// The network, by CAIP-2.
  public String network() {
    return settings.network();
  }

  /// The fewest atoms that are moved.
  public long least() {
    return settings.least();
  }

  /// The contract that holds what is agreed on now.
  public Address escrow() {
    return settings.capturing().escrow();
  }

  /// The hub's key.
  public Address operator() {
    return key.address();
  }

  /// Who gets the fees of what is agreed on now.
  public Address feeReceiver() {
    Address named = settings.capturing().feeReceiver();
    return named == null ? key.address() : named;
  }

  /// What a payer is to sign, as clients of x402 read it.
  public ObjectNode requirements(Deal deal) {
    ObjectNode extra = Json.object();
    extra.put("name", settings.domain().name());
    extra.put("version", settings.domain().version());
    extra.put("captureAuthorizer", deal.operator().text());
    extra.put("operatorType", "delegated");
    extra.put("captureDeadline", deal.deadline());
    extra.put("refundDeadline", deal.deadline());
    extra.put("feeRecipient", deal.feeReceiver().text());
    extra.put("minFeeBps", deal.feeBps());
    extra.put("maxFeeBps", deal.feeBps());
    // Without it, clients take a contract of another version.
    extra.put("authCaptureEscrow", deal.escrow().text());
    extra.put("paymentFlow", "escrow");
    extra.put("assetTransferMethod", "eip3009");
    return new Requirements(
            SCHEME,
            settings.network(),
            Long.toString(deal.atoms()),
            settings.domain().contract().text(),
            deal.receiver().text(),
            SIGNED_SECONDS,
            extra)
        .json();
  }

  /// Looks at what was signed: by itself, and whether the chain would take the money in now. Calls
  /// block.
  ///
  /// @param payment as clients of x402 write it, `PaymentPayload`
  public Checked check(Deal deal, String about, JsonNode payment) {
    return looks.check(deal, about, payment);
  }

  /// Has the money go into escrow, for something; false where it was ordered before.
  public boolean authorize(Transaction transaction, Signed signed) throws SQLException {
    boolean isNew = rows.insert(transaction, signed.held, parts.time().millis());
    if (isNew) {
      record(transaction, signed.held, What.AUTHORIZE, signed.held.info().maxAmount());
    }
    return isNew;
  }

  /// Has the receiver be paid out of a payment that is in escrow.
  public void capture(Transaction transaction, String payment, long atoms) throws SQLException {
    SqlCustody.Wanted in = authorized(transaction, payment);
    long total = Math.addExact(rows.ordered(transaction, payment), atoms);
    if (atoms <= 0 || BigInteger.valueOf(total).compareTo(in.held().info().maxAmount()) > 0) {
      throw new IllegalArgumentException("No more is captured than is in escrow");
    }
    var _ = rows.insert(transaction, payment, Kind.CAPTURE, atoms, total, parts.time().millis());
    record(transaction, in.held(), What.CAPTURE, BigInteger.valueOf(atoms));
  }

  /// Has all go back to the payer that is not captured by what was ordered before, or can be no
  /// more since its time is over. Again changes nothing.
  public void cancel(Transaction transaction, String payment) throws SQLException {
    SqlCustody.Wanted in = authorized(transaction, payment);
    BigInteger left =
        in.held().info().maxAmount().subtract(BigInteger.valueOf(rows.kept(transaction, payment)));
    if (left.signum() > 0
        && rows.insert(
            transaction, payment, Kind.VOID, left.longValueExact(), 0, parts.time().millis())) {
      record(transaction, in.held(), What.VOID, left);
    }
  }

  private SqlCustody.Wanted authorized(Transaction transaction, String payment)
      throws SQLException {
    return rows.authorized(transaction, payment)
        .filter(one -> one.progress() == Progress.DONE)
        .orElseThrow(() -> new IllegalStateException("Nothing is in escrow of " + payment));
  }

  private void record(Transaction transaction, SqlCustody.Held held, What what, BigInteger atoms)
      throws SQLException {
    parts
        .audit()
        .record(
            transaction,
            Leaf.of("chain.ordered", "hub", settings.network() + "/" + held.payment())
                .with("for", what.word())
                .with("about", held.about())
                .with("value", atoms.toString()));
  }

  /// All that was ordered about something, in order.
  public List<Ordered> about(Transaction reader, String about) throws SQLException {
    return rows.about(reader, about).stream().map(Custody::ordered).toList();
  }

  /// What the chain has decided and nobody heard of, the oldest first. It is told until it is
  /// heard.
  public List<Ordered> unheard(int most) {
    return parts.database().read(reader -> rows.unheard(reader, most)).stream()
        .map(Custody::ordered)
        .toList();
  }

  /// Takes down that one was heard of, with what follows from it; false for all but the first.
  public boolean heard(Transaction transaction, Ordered one) throws SQLException {
    return rows.heard(transaction, one.number());
  }

  private static Ordered ordered(SqlCustody.Wanted one) {
    return new Ordered(
        one.number(),
        one.held().payment(),
        one.held().about(),
        what(one.kind()),
        one.atoms().longValueExact(),
        one.progress(),
        one.reason(),
        one.transaction());
  }

  static What what(Kind kind) {
    return switch (kind) {
      case AUTHORIZE -> What.AUTHORIZE;
      case CAPTURE -> What.CAPTURE;
      case VOID -> What.VOID;
      case EXACT, DEPOSIT, CLAIM, SETTLE, REFUND ->
          throw new IllegalArgumentException("Nothing of an escrow");
    };
  }

  /// An address that somebody wrote.
  public static Optional<Address> address(String text) {
    return Address.read(text).filter(one -> !one.equals(Channel.NOBODY));
  }
}
