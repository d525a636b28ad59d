package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/// Payments by x402 on the hub's own ledger, without a chain: what a buyer signs is the form of
/// EIP-3009 and of Circle's nanopayments, and is worth one transfer of test credits. A buyer is the
/// agent that holds the key; it spends what it has, and no more than its mandates allow.
/// Thread-safe.
public final class LedgerRail implements Rail {
  static final String EXACT = "exact";

  /// So begins what the transfer of a signed payment is called in the ledger.
  private static final String ID = "x402/";

  /// What is signed must count for so long yet when it is looked at, because it is handed in later.
  private static final long SLACK_SECONDS = 6;

  private static final BigInteger ATOMS_MAX = BigInteger.valueOf(Money.ATOMS_MAX);

  /// A payment that is signed as it must be. Whether the money is there is not known yet.
  ///
  /// @param payer who pays, as if it called
  /// @param payee the agent that is paid
  /// @param amount how much
  /// @param signed what was signed
  public record Charge(Caller.OfAgent payer, long payee, Money amount, SignedPayment signed) {
    /// The transfer's id: an authorisation is worth one.
    public String id() {
      return LedgerRail.id(signed.authorization());
    }
  }

  /// What a payment is for.
  ///
  /// @param purpose the transfer's purpose
  /// @param about as mandates name it, or ""
  /// @param detail what exactly it is, so that one authorisation is for one thing
  /// @param way how it is paid, for limits of mandates
  public record Matter(String purpose, String about, String detail, SendRule.Spending.Way way) {
    /// Nobody said what it is for.
    static final Matter UNSAID = new Matter(Transfer.PAYMENT, "", "", SendRule.Spending.Way.PLAIN);
  }

  /// A payment that was taken before.
  ///
  /// @param transfer what it has moved or holds
  public record Taken(Charge charge, Transfer transfer) {}

  /// What a look at a payment shows.
  public sealed interface Look {
    /// It is signed as it must be.
    record Good(Charge charge) implements Look {}

    /// It is not.
    ///
    /// @param reason a word of x402
    /// @param payer whose money it says it is
    record Bad(String reason, String payer) implements Look {}
  }

  private final X402Parts parts;
  private final HubAddresses addresses;

  LedgerRail(X402Parts parts) {
    this.parts = parts;
    this.addresses = parts.addresses();
  }

  @Override
  public String network() {
    return addresses.network();
  }

  @Override
  public ObjectNode extra() {
    ObjectNode extra = domain();
    // Circle's sellers look for the asset by this symbol; what it stands for here is CREDIT.
    extra
        .putArray("assets")
        .addObject()
        .put("symbol", "USDC")
        .put("address", addresses.ledger().text())
        .put("decimals", Asset.CREDIT.decimals());
    return extra;
  }

  private ObjectNode domain() {
    ObjectNode extra = Json.object();
    extra.put("name", HubAddresses.NAME);
    extra.put("version", HubAddresses.VERSION);
    extra.put("verifyingContract", addresses.ledger().text());
    return extra;
  }

  /// Whether a transfer was made of what a buyer has signed, and is not the end of one.
  static boolean isSigned(Transfer transfer) {
    return transfer.id().startsWith(ID) && transfer.pending().isEmpty();
  }

  /// What is required of whoever pays an agent.
  public Requirements quote(long payee, Money price, long timeoutSeconds) {
    return new Requirements(
        EXACT,
        network(),
        Long.toString(price.atoms()),
        addresses.ledger().text(),
        addresses.payTo(payee).text(),
        timeoutSeconds,
        domain());
  }

  @Override
  public boolean serves(Requirements requirements) {
    return Networks.named(requirements.network()).equals(network())
        && Address.read(requirements.asset()).filter(addresses.ledger()::equals).isPresent();
  }

  @Override
  public Verification verify(SignedPayment payment, Requirements requirements) {
    return switch (look(payment, requirements, SLACK_SECONDS)) {
      case Look.Bad bad -> new Verification.Invalid(bad.reason(), bad.payer());
      case Look.Good good -> {
        Charge charge = good.charge();
        Address payer = payment.authorization().from();
        String reason = parts.database().read(reader -> inTheWay(reader, charge));
        yield reason.isEmpty()
            ? new Verification.Valid(payer)
            : new Verification.Invalid(reason, payer.text());
      }
    };
  }

  private String inTheWay(Transaction reader, Charge charge) throws SQLException {
    if (parts.ledger().find(reader, charge.id()).isPresent()) {
      return Reasons.USED;
    }
    long available =
        parts.ledger().accounts(reader, Account.Name.ofAgent(charge.payer().number())).stream()
            .filter(account -> account.asset().equals(charge.amount().asset()))
            .mapToLong(Account::available)
            .sum();
    return available < charge.amount().atoms() ? Reasons.FUNDS : "";
  }

  /// Looks at what can be seen without asking for money.
  ///
  /// @param slackSeconds for how long it must count yet
  public Look look(SignedPayment payment, Requirements wanted, long slackSeconds) {
    Authorization words = payment.authorization();
    String payer = words.from().text();
    if (!payment.scheme().equals(EXACT) || !wanted.scheme().equals(EXACT)) {
      return new Look.Bad("unsupported_scheme", payer);
    }
    if (!payment.network().equals(network()) || !serves(wanted)) {
      return new Look.Bad("invalid_network", payer);
    }
    if (Address.read(wanted.payTo()).filter(words.to()::equals).isEmpty()) {
      return new Look.Bad("invalid_exact_evm_payload_recipient_mismatch", payer);
    }
    if (Extensions.identifier(payment).filter(String::isEmpty).isPresent()) {
      return new Look.Bad("invalid_payload", payer);
    }
    if (!wanted.amount().equals(words.value().toString())
        || words.value().signum() == 0
        || words.value().compareTo(ATOMS_MAX) > 0) {
      return new Look.Bad("invalid_exact_evm_payload_authorization_value_mismatch", payer);
    }
    long now = parts.time().instant().getEpochSecond();
    if (words.validAfter().compareTo(BigInteger.valueOf(now)) >= 0) {
      return new Look.Bad("invalid_exact_evm_payload_authorization_valid_after", payer);
    }
    OptionalLong payee = addresses.agentOf(words.to());
    if (payee.isEmpty() || !parts.agents().has(payee.getAsLong())) {
      return new Look.Bad("invalid_payment_requirements", payer);
    }
    return words.isOpenAt(now + slackSeconds)
        ? signed(payment, payee.getAsLong())
        : new Look.Bad("invalid_exact_evm_payload_authorization_valid_before", payer);
  }

  /// What a payment was taken for, however long ago: whoever lost an answer asks again, and whoever
  /// keeps a used payment costs its payer nothing by handing it in.
  public Optional<Taken> taken(SignedPayment payment) {
    // A look at the ledger is cheap beside one at a signature, and of a new payment there is none.
    Optional<Transfer> transfer = transfer(payment.authorization());
    if (transfer.isEmpty() || point(payment).isEmpty()) {
      return Optional.empty();
    }
    // Whose key it was then, which the transfer says: it may be replaced since.
    Transfer one = transfer.get();
    long payer = one.debit().agent();
    var caller = new Caller.OfAgent(payer, parts.agents().idOf(payer));
    var charge = new Charge(caller, one.credit().agent(), one.amount(), payment);
    return Optional.of(new Taken(charge, one));
  }

  /// The key that has signed a payment, where it is the payer's.
  private Optional<byte[]> point(SignedPayment payment) {
    Authorization words = payment.authorization();
    byte[] digest = words.transferDigest(addresses.domain());
    return EcdsaSignature.signer(digest, payment.signature())
        .filter(point -> words.from().equals(Address.ofKey(point)));
  }

  private Optional<Transfer> transfer(Authorization words) {
    return parts.database().read(reader -> parts.ledger().find(reader, id(words)));
  }

  private static String id(Authorization words) {
    return ID + words.from().hex() + "/" + words.nonce();
  }

  private Look signed(SignedPayment payment, long payee) {
    Authorization words = payment.authorization();
    String payer = words.from().text();
    Optional<byte[]> point = point(payment);
    if (point.isEmpty()) {
      return new Look.Bad("invalid_exact_evm_payload_signature", payer);
    }
    String x = HexFormat.of().formatHex(point.get(), 1, 33);
    Optional<Caller.OfAgent> agent = parts.keys().holder(KeyType.SECP256K1, x);
    if (agent.isEmpty()) {
      // Nobody's key has no money here.
      return new Look.Bad(Reasons.FUNDS, payer);
    }
    if (agent.get().number() == payee) {
      return new Look.Bad("invalid_payment_requirements", payer);
    }
    var amount = new Money(Asset.CREDIT, words.value().longValueExact());
    return new Look.Good(new Charge(agent.get(), payee, amount, payment));
  }

  @Override
  public Settlement settle(SignedPayment payment, Requirements requirements) {
    return switch (look(payment, requirements, 0)) {
      case Look.Bad bad -> Settlement.refused(bad.reason(), network(), bad.payer());
      case Look.Good _ when transfer(payment.authorization()).isPresent() ->
          Settlement.refused(Reasons.USED, network(), payment.authorization().from().text());
      case Look.Good(var charge) -> settle(charge);
    };
  }

  private Settlement settle(Charge charge) {
    String payer = charge.signed().authorization().from().text();
    byte[] words = charge.id().getBytes(StandardCharsets.US_ASCII);
    var call = Approach.Call.signed(charge.payer(), "POST /x402/settle", "/x402/settle", words);
    try {
      Outcome outcome =
          parts
              .asked()
              .settle(
                  charge.id(),
                  call,
                  transaction -> move(transaction, call, charge, Matter.UNSAID, 0),
                  one -> !(one instanceof Outcome.Failed));
      return switch (outcome) {
        case Outcome.Done done when done.isNew() ->
            Settlement.done(done.transfers().getFirst().name(), network(), payer);
        case Outcome.Done _, Outcome.Taken _, Outcome.Ended _ ->
            Settlement.refused(Reasons.USED, network(), payer);
        case Outcome.Failed _ -> Settlement.refused(Reasons.FUNDS, network(), payer);
      };
    } catch (Refused refused) {
      return Settlement.refused(Reasons.of(refused), network(), payer);
    }
  }

  /// Moves or holds what a charge is about, keeps what was signed, and counts it as spent.
  ///
  /// @param matter what it is for; the same authorisation is for one thing
  /// @param holdSeconds for how long it is only held, or 0
  /// @throws Refused when the payee, an owner, the operator or a budget does not let it through
  public Outcome move(
      Transaction transaction, Approach.Call call, Charge charge, Matter matter, long holdSeconds)
      throws SQLException {
    String payeeId = parts.agents().idOf(charge.payee());
    var order =
        new Order(
            charge.id(),
            charge.payer().id(),
            payeeId,
            Account.Name.ofAgent(charge.payer().number()),
            Account.Name.ofAgent(charge.payee()),
            charge.amount(),
            matter.purpose(),
            matter.about() + matter.detail(),
            holdSeconds,
            OptionalLong.empty());
    Outcome outcome = parts.ledger().move(transaction, List.of(order));
    if (outcome instanceof Outcome.Done done && done.isNew()) {
      Transfer transfer = done.transfers().getFirst();
      // Under the payer's lock, so that of two with one id the second sees the first.
      Optional<String> identifier = Extensions.identifier(charge.signed());
      if (identifier.isPresent() && SqlX402.isTaken(transaction, charge, identifier.get())) {
        throw new Refused(
            ProblemType.ID_TAKEN, "The payment-identifier was given to another payment");
      }
      SqlX402.insert(transaction, transfer.number(), charge);
      parts
          .approach()
          .pay(
              transaction,
              call,
              new SendRule.Spending(
                  charge.payer().number(),
                  charge.payee(),
                  payeeId,
                  charge.amount().asset().code(),
                  charge.amount().atoms(),
                  matter.about(),
                  holdSeconds > 0 ? "payment:" + transfer.number() : null,
                  transfer.expiresAtMs(),
                  reader -> !parts.ledger().hasPaidBefore(reader, transfer),
                  matter.way()));
    }
    return outcome;
  }
}
