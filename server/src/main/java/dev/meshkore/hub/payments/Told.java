package dev.meshkore.hub.payments;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import tools.jackson.databind.node.ObjectNode;

/// Tells agents of money that moved: in their inboxes, once for each transfer.
final class Told {
  private final PaymentParts parts;

  Told(PaymentParts parts) {
    this.parts = parts;
  }

  /// Has an agent told of a transfer when it is stored.
  void put(Transaction transaction, long agent, Transfer transfer) throws SQLException {
    if (agent == 0) {
      return;
    }
    long number = transfer.pending().orElse(transfer.number());
    ObjectNode notice = Json.object();
    notice.put("notice", "transfer");
    notice.put("transfer_id", WalletJson.id(number));
    notice.put("state", WalletJson.state(transfer.kind()));
    notice.put("purpose", transfer.purpose());
    WalletJson.addParties(notice, transfer, parts.agents());
    notice.setAll(MoneyJson.json(transfer.amount()));
    notice.put("about", transfer.about());
    if (transfer.kind() == Transfer.Kind.PENDING) {
      notice.put("promise", "Not paid: the payer may pay any part, and the rest is free again");
    }
    parts.outbox().tell(transaction, agent, notice);
  }
}
