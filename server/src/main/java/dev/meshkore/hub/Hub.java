package dev.meshkore.hub;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.http.HttpEdge;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Metrics;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.DataFolder;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DiskProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// A running hub, built top to bottom from its parts. [#close] stops it.
public final class Hub implements AutoCloseable {
  private static final Duration FIRST_INVITE = Duration.ofDays(7);
  private static final int FIRST_INVITE_USES = 100;

  private final DataFolder folder;
  private final DiskProbe.Fsync fsync;
  private final Ground ground;
  private final Identities who;
  private final Parts parts;
  private final Doors doors;
  private final HttpEdge edge;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private volatile boolean isReady;
  private volatile String url;
  private volatile int port;

  private Hub(HubConfig config, InstantSource clock, Runnable onBroken) throws IOException {
    this.url = config.url(config.port());
    this.folder = DataFolder.take(config.data());
    this.fsync = DiskProbe.measure(config.data(), System::nanoTime);
    this.ground = ground(config, clock, onBroken);
    this.who = Identities.of(ground);
    this.parts = new Parts(ground, who);
    var metrics = new Metrics();
    this.edge = new HttpEdge(config.payloadBytesMax(), metrics, clock, ground.nanoTime());
    this.doors = new Doors(ground, who, parts, metrics, this::isReady);
  }

  private Ground ground(HubConfig config, InstantSource clock, Runnable onBroken) {
    LongSupplier nanoTime = System::nanoTime;
    var random = new SecureRandom();
    var database = Database.open(config.database(), nanoTime, onBroken);
    var audit = new Audit(clock, random);
    var router = new Router();
    var calls = new LocalCalls(router);
    return new Ground(config, this::url, clock, nanoTime, random, database, audit, router, calls);
  }

  private void listen() throws BindException {
    HubConfig config = ground.config();
    parts.search().start(config.search());
    port = edge.listen(ground.router(), config.host(), config.port());
    url = config.url(port);
    if (config.probePort() != 0) {
      var probeRouter = new Router();
      doors.probes().addTo(probeRouter);
      edge.listen(probeRouter, config.host(), config.probePort());
    }
    parts.start();
    doors.start();
    isReady = true;
  }

  /// Opens a hub that goes by `clock`; it listens when this returns. `onBroken` is called when its
  /// disk failed and the process must end.
  ///
  /// @throws BindException when it cannot listen where it should
  public static Hub open(HubConfig config, InstantSource clock, Runnable onBroken)
      throws BindException {
    Hub hub;
    try {
      hub = new Hub(config, clock, onBroken);
    } catch (IOException failure) {
      throw new UncheckedIOException("The data folder cannot be written", failure);
    }
    try {
      hub.listen();
      return hub;
    } catch (BindException failure) {
      hub.close();
      throw failure;
    }
  }

  /// Opens a hub that ends the process when its disk failed.
  public static Hub open(HubConfig config) throws BindException {
    return open(
        config, InstantSource.system(), () -> Runtime.getRuntime().halt(Main.EXIT_DISK_FAILED));
  }

  /// How agents reach it.
  public String url() {
    return url;
  }

  /// The port on which it listens.
  public int port() {
    return port;
  }

  /// The settings it runs with.
  public HubConfig config() {
    return ground.config();
  }

  /// What an fsync costs where its data is.
  public DiskProbe.Fsync fsync() {
    return fsync;
  }

  /// The key that opens the operator's calls.
  public String adminKey() {
    return who.adminKey().value();
  }

  /// Makes an invite that many agents can use for a week, and answers its URL.
  public String newInvite(String label) {
    return who.invites().make(label, FIRST_INVITE_USES, FIRST_INVITE, "admin").url();
  }

  /// The log of what was done.
  public AuditLog auditLog() {
    return parts.auditLog();
  }

  /// Every route it answers.
  public Router router() {
    return ground.router();
  }

  /// Waits until the hub is closed.
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /// Stops listening, ends the sessions, stores what waits, and closes the database.
  @Override
  public void close() {
    if (isClosing.getAndSet(true)) {
      return;
    }
    isReady = false;
    doors.close();
    parts.closeWriters();
    edge.close();
    parts.closeFollowers();
    ground.database().close();
    folder.close();
    stopped.countDown();
  }

  private boolean isReady() {
    return isReady;
  }
}
