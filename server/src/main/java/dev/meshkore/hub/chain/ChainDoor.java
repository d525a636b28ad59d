package dev.meshkore.hub.chain;

import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.Scheme;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Settling on a chain, as the hub puts it together; without a node's address it is nothing.
public final class ChainDoor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ChainDoor.class.getName());
  private static final long LOOK_MS = 1_000;

  private final @Nullable JsonRpc rpc;
  private final @Nullable EvmRail rail;
  private final @Nullable VoucherRail vouchers;
  private final @Nullable Following following;
  private final @Nullable Custody custody;
  private final @Nullable CustodyDesk desk;
  private final @Nullable Waiting waiting;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("chain-", 0).daemon().factory());

  /// Settling by these settings.
  ///
  /// @throws IllegalStateException with a message for people, when the key's file is not sound
  public ChainDoor(ChainParts parts, ChainSettings settings) {
    URI url = settings.rpc();
    if (url == null) {
      this.rpc = null;
      this.rail = null;
      this.vouchers = null;
      this.following = null;
      this.custody = null;
      this.desk = null;
      this.waiting = null;
      return;
    }
    GasKey key = GasKey.openOrMake(settings.keyFile(), parts.random());
    this.rpc = new JsonRpc(url);
    var node = new Node(rpc);
    var settler = new Settler(parts, settings, node, key);
    this.waiting = new Waiting(parts, settings, settler.rows());
    this.following = new Following(parts, settings, node, settler, waiting);
    this.rail = new EvmRail(parts, settings, node, key, settler, waiting);
    this.vouchers = new VoucherRail(parts, settings, node, key, settler, waiting);
    this.custody = new Custody(parts, settings, key, node, settler);
    this.desk = new CustodyDesk(parts, settings, key, node, settler);
    LOG.log(
        Level.INFO,
        "Payments settle on {0}; {1} pays for the gas and needs ether there",
        settings.network(),
        key.address());
  }

  /// The rail, where there is one.
  public Optional<ChainRail> rail() {
    return Optional.ofNullable(rail);
  }

  /// The scheme of vouchers, where there is one.
  public Optional<Scheme> vouchers() {
    return Optional.ofNullable(vouchers);
  }

  /// Money in escrow, where there is a chain.
  public Optional<Custody> custody() {
    return Optional.ofNullable(custody);
  }

  /// Goes on with what is open, from now on.
  public void start() {
    Following followed = following;
    CustodyDesk desked = desk;
    if (followed != null && desked != null && waiting != null) {
      waiting.begin();
      var _ =
          ticks.scheduleWithFixedDelay(
              () -> quietly(followed, desked), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private static void quietly(Following following, CustodyDesk desk) {
    try {
      following.look();
      desk.look();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "Payments could not be followed; the hub tries again", failure);
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    if (waiting != null) {
      waiting.close();
    }
    if (rpc != null) {
      rpc.close();
    }
  }
}
