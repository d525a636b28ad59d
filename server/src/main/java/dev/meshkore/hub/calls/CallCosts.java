package dev.meshkore.hub.calls;

import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What calls cost, which their transfers say, or their payments on a chain.
final class CallCosts {
  private CallCosts() {}

  /// Calls with what each costs, in their order.
  static Map<PaidCall, CallJson.Cost> read(CallParts parts, List<PaidCall> calls) {
    Map<Long, CallJson.Cost> byCall = parts.database().read(reader -> read(reader, parts, calls));
    var costs = new LinkedHashMap<PaidCall, CallJson.Cost>();
    calls.forEach(call -> costs.put(call, Objects.requireNonNull(byCall.get(call.number()))));
    return costs;
  }

  private static Map<Long, CallJson.Cost> read(
      Transaction reader, CallParts parts, List<PaidCall> calls) throws SQLException {
    var ofTransfers = new HashMap<Long, Long>();
    var costs = new HashMap<Long, CallJson.Cost>();
    for (PaidCall call : calls) {
      switch (call.way()) {
        case PaidCall.Way.Held(long transfer) -> ofTransfers.put(transfer, call.number());
        case PaidCall.Way.OnChain _ ->
            costs.put(
                call.number(),
                new CallJson.Cost.OnChain(SqlChainPayments.ofCall(reader, call.number())));
      }
    }
    for (Transfer held : parts.ledger().all(reader, List.copyOf(ofTransfers.keySet()))) {
      costs.put(
          Objects.requireNonNull(ofTransfers.get(held.number())),
          new CallJson.Cost.Held(held.amount(), held.number()));
    }
    return costs;
  }
}
