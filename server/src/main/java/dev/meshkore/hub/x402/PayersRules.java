package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.guard.Stops;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;

/// The rules of whoever an address is. An agent that gives a key up keeps the rules for what the
/// key pays, or to give it up would be a way around them. Thread-safe.
public final class PayersRules implements ChainRules {
  private static final BigInteger ATOMS_MAX = BigInteger.valueOf(Money.ATOMS_MAX);
  private static final String PATH = "/x402/settle";

  /// So begins what somebody is called who is no agent: as no id does, and no pattern of ids but
  /// `*`.
  private static final String OUTSIDE = "@";

  /// The hub alone, whose stop is everybody's.
  private static final long NOBODY = 0;

  private final Database database;
  private final KeyAddresses addresses;
  private final Approach approach;
  private final AskedBefore asked;
  private final Stops stops;
  private final Budgets budgets;

  /// The rules that agents keep by these.
  public PayersRules(
      Database database,
      KeyAddresses addresses,
      Approach approach,
      AskedBefore asked,
      Stops stops,
      Budgets budgets) {
    this.database = database;
    this.addresses = addresses;
    this.approach = approach;
    this.asked = asked;
    this.stops = stops;
    this.budgets = budgets;
  }

  private Optional<Caller.OfAgent> agent(Transaction reader, Address payer) throws SQLException {
    return addresses.holder(reader, payer.hex()).map(KeyAddresses.Holder::agent);
  }

  @Override
  public Optional<String> stopped(Address payer) {
    long number = database.read(reader -> number(agent(reader, payer)));
    try {
      stops.checkActing(number);
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(Reasons.of(refused));
    }
  }

  private static long number(Optional<Caller.OfAgent> agent) {
    return agent.map(Caller.OfAgent::number).orElse(NOBODY);
  }

  @Override
  public <T> T write(Payment payment, Database.Work<T> work) {
    Optional<Caller.OfAgent> payer = database.read(reader -> agent(reader, payment.payer()));
    return payer.isPresent()
        ? asked.settle(payment.id(), call(payer.get(), payment), work, _ -> false)
        : approach.writeUncounted(work);
  }

  private static Approach.Call call(Caller.OfAgent payer, Payment payment) {
    byte[] words = payment.id().getBytes(StandardCharsets.US_ASCII);
    return Approach.Call.signed(payer, "POST " + PATH, PATH, words);
  }

  @Override
  public void reserve(Transaction transaction, Payment payment) throws SQLException {
    Optional<Caller.OfAgent> payer = agent(transaction, payment.payer());
    if (payer.isEmpty()) {
      stops.checkActing(transaction, NOBODY);
      return;
    }
    if (payment.atoms().compareTo(ATOMS_MAX) > 0) {
      throw Refused.field("amount", "An agent pays at most " + ATOMS_MAX + " atoms at once");
    }
    // To oneself, by a key that one had before, is to somebody whom the hub does not know.
    Optional<Caller.OfAgent> payee =
        addresses
            .holder(transaction, payment.payee().hex())
            .filter(KeyAddresses.Holder::isCurrent)
            .map(KeyAddresses.Holder::agent)
            .filter(one -> one.number() != payer.get().number());
    String outside = OUTSIDE + payment.network() + ":0x" + payment.payee().hex();
    approach.pay(
        transaction,
        call(payer.get(), payment),
        new SendRule.Spending(
            payer.get().number(),
            number(payee),
            payee.map(Caller.OfAgent::id).orElse(outside),
            payment.asset().code(),
            payment.atoms().longValueExact(),
            "",
            payment.id(),
            SendRule.Spending.UNTIL_ENDED,
            payment.isFirst(),
            new SendRule.Spending.Way("", payment.network(), false)));
  }

  @Override
  public void again(Transaction transaction, Payment payment) throws SQLException {
    stops.checkActing(transaction, number(agent(transaction, payment.payer())));
  }

  @Override
  public void paid(Transaction transaction, String id) throws SQLException {
    var _ = budgets.commit(transaction, id);
  }

  @Override
  public void failed(Transaction transaction, String id) throws SQLException {
    var _ = budgets.release(transaction, id);
  }
}
