package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.store.Ticks;
import java.util.List;

/// Payments by x402, as the hub puts them together.
public final class X402Door implements AutoCloseable {
  private static final long TICK_MS = 1_000;

  private final LedgerRail ledger;
  private final Facilitator facilitator;
  private final Paywall paywall;
  private final AskedBefore asked;
  private final Payers payers;
  private final Batches batches;
  private final BatchRoutes batchRoutes;
  private final NanoTransfers transfers;
  private final Ticks ticks = new Ticks("x402", TICK_MS);

  /// Payments on these parts, by the ledger, other rails and other schemes.
  public X402Door(
      X402Parts parts, Callers callers, List<? extends Rail> others, List<Scheme> schemes) {
    this.ledger = new LedgerRail(parts);
    this.paywall = new Paywall(new Extensions(parts.signingKeys(), parts.time()));
    var rails = new java.util.ArrayList<Rail>();
    rails.add(ledger);
    rails.addAll(others);
    this.batches = new Batches(parts);
    this.asked = parts.asked();
    this.payers = new Payers(parts.database(), parts.keys());
    this.batchRoutes = new BatchRoutes(parts, callers);
    this.transfers = new NanoTransfers(parts, callers);
    this.facilitator = new Facilitator(parts, callers, List.copyOf(rails), List.copyOf(schemes));
  }

  /// Adds the routes.
  public void addTo(Router router) {
    facilitator.addTo(router);
    batchRoutes.addTo(router);
    transfers.addTo(router);
  }

  /// Closes batches from now on.
  public void start() {
    ticks.start(List.of(batches::tick));
  }

  @Override
  public void close() {
    ticks.close();
  }

  /// The rail of the hub's own ledger.
  public LedgerRail ledger() {
    return ledger;
  }

  /// Keeps what was signed from costing its payer more than once.
  public AskedBefore asked() {
    return asked;
  }

  /// Which agents have signed payments.
  public Payers payers() {
    return payers;
  }

  /// The batches of signed payments.
  public Batches batches() {
    return batches;
  }

  /// How resources that are paid for talk.
  public Paywall paywall() {
    return paywall;
  }
}
