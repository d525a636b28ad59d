package dev.meshkore.hub.payments;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// Transfers and accounts on the wire.
final class WalletJson {
  private static final Pattern ID = Pattern.compile("t([1-9][0-9]{0,17})");

  private final Ledger ledger;
  private final Agents agents;

  WalletJson(Ledger ledger, Agents agents) {
    this.ledger = ledger;
    this.agents = agents;
  }

  /// What a transfer is called outside.
  static String id(long number) {
    return "t" + number;
  }

  /// The number of a transfer that is called so.
  ///
  /// @throws Refused when nothing is
  static long number(String id) {
    var matcher = ID.matcher(id);
    if (!matcher.matches()) {
      throw Payments.unknown();
    }
    return Long.parseLong(matcher.group(1));
  }

  static String state(Transfer.Kind kind) {
    return switch (kind) {
      case POSTED, POST -> "paid";
      case PENDING -> "held";
      case VOID -> "released";
      case EXPIRY -> "expired";
    };
  }

  static void addParties(ObjectNode json, Transfer transfer, Agents agents) {
    json.put("from", party(transfer.debit(), agents));
    json.put("to", party(transfer.credit(), agents));
  }

  static String party(Account.Name name, Agents agents) {
    return name.agent() == 0 ? name.word() : agents.idOf(name.agent());
  }

  /// A transfer as it is now, for one of those whom it concerns.
  ObjectNode json(Transaction reader, Transfer transfer, long agent) throws SQLException {
    Optional<Transfer> end =
        transfer.kind() == Transfer.Kind.PENDING
            ? ledger.endOf(reader, transfer)
            : Optional.empty();
    OptionalLong leaf = Audit.leafOf(reader, end.orElse(transfer).act());
    return json(transfer, end, ledger.refunded(reader, transfer), leaf, agent);
  }

  /// What has just been stored, without asking the database: nothing of it was given back yet, and
  /// it has no place in the log yet.
  ObjectNode ofNew(Payments.Moved moved, long agent) {
    Optional<Transfer> held = moved.held();
    Optional<Transfer> end = held.isPresent() ? Optional.of(moved.transfer()) : Optional.empty();
    return json(held.orElse(moved.transfer()), end, 0, OptionalLong.empty(), agent);
  }

  private ObjectNode json(
      Transfer transfer, Optional<Transfer> end, long refunded, OptionalLong leaf, long agent) {
    ObjectNode json = Json.object();
    Transfer newest = end.orElse(transfer);
    json.put("transfer_id", id(transfer.number()));
    boolean isOwnId = !transfer.id().startsWith("job:") && !transfer.id().startsWith("fee/");
    if (transfer.debit().agent() == agent && isOwnId) {
      json.put("id", transfer.id().substring(transfer.id().lastIndexOf('/') + 1));
    }
    json.put("state", state(newest.kind()));
    json.put("purpose", transfer.purpose());
    addParties(json, transfer, agents);
    json.setAll(MoneyJson.json(transfer.amount()));
    json.put("about", transfer.about());
    if (transfer.kind() == Transfer.Kind.PENDING) {
      json.put("held_until", Rfc3339.text(transfer.expiresAtMs()));
    }
    if (end.isPresent() && end.get().kind() == Transfer.Kind.POST) {
      json.set("paid", MoneyJson.json(end.get().amount()));
    }
    if (refunded > 0) {
      json.set("refunded", MoneyJson.json(new Money(transfer.amount().asset(), refunded)));
    }
    transfer.refunds().ifPresent(number -> json.put("refund_of", id(number)));
    json.put("made_at", Rfc3339.text(transfer.madeAtMs()));
    json.put("leaf", leaf.isPresent() ? leaf.getAsLong() : null);
    return json;
  }

  /// What an account has.
  static ObjectNode json(Account account) {
    ObjectNode json = Json.object();
    json.put("asset", account.asset().code());
    json.put("decimals", account.asset().decimals());
    put(json, "available", account, account.available());
    put(json, "held", account, account.debitsPending());
    put(json, "expected", account, account.creditsPending());
    return json;
  }

  private static void put(ObjectNode json, String name, Account account, long atoms) {
    json.put(name + "_atoms", atoms);
    json.put(name, new Money(account.asset(), Math.min(atoms, Money.ATOMS_MAX)).decimal());
  }
}
