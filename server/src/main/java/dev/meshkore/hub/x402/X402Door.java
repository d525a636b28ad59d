package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Callers;
import java.util.List;

/// Payments by x402, as the hub puts them together.
public final class X402Door {
  private final LedgerRail ledger;
  private final Facilitator facilitator;
  private final Paywall paywall;

  /// Payments on these parts, by the ledger and other rails.
  public X402Door(X402Parts parts, Callers callers, List<Rail> others) {
    this.ledger = new LedgerRail(parts);
    this.paywall = new Paywall(new Extensions(parts.signingKeys(), parts.time()));
    var rails = new java.util.ArrayList<Rail>();
    rails.add(ledger);
    rails.addAll(others);
    this.facilitator = new Facilitator(parts, callers, List.copyOf(rails));
  }

  /// Adds the routes.
  public void addTo(Router router) {
    facilitator.addTo(router);
  }

  /// The rail of the hub's own ledger.
  public LedgerRail ledger() {
    return ledger;
  }

  /// How resources that are paid for talk.
  public Paywall paywall() {
    return paywall;
  }
}
