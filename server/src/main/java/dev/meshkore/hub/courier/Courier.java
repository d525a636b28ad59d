package dev.meshkore.hub.courier;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Carries messages to agents outside by A2A, and their answers back. What has to go out waits in
/// inboxes, and what is being worked at in a table, so everything goes on after a restart.
public final class Courier implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Courier.class.getName());
  private static final int READ_AT_ONCE = 500;
  private static final int LOOKS_AT_ONCE = 64;
  private static final long RETRY_MS = 200;
  private static final long LOOK_MS = 500;
  private static final long FORGET_MS = 3_600_000;

  private final OutsideAgents outside;
  private final Relay relay;
  private final OutboundClient client;
  private final CourierParts parts;
  private final ConcurrentHashMap<Long, Desk> desks = new ConcurrentHashMap<>();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("courier").factory());

  /// A courier that does nothing before [#start].
  public Courier(
      Database database,
      Agents agents,
      OutsideAgents outside,
      Relay relay,
      OutboundClient client,
      InstantSource clock) {
    this.outside = outside;
    this.relay = relay;
    this.client = client;
    var wire = new A2aWire(client);
    this.parts =
        new CourierParts(
            agents,
            new SqlTasks(database),
            wire,
            new Cards(wire, clock),
            new StreamSlots(),
            clock,
            Executors.newVirtualThreadPerTaskExecutor(),
            new AtomicBoolean());
  }

  /// Goes on with what waits, and with what comes.
  public void start() {
    outside.onNamed(this::desk);
    parts.tasks().lookSoon(parts.clock().millis());
    long last = 0;
    List<OutsideAgents.Outside> some = outside.after(last, READ_AT_ONCE);
    while (!some.isEmpty()) {
      for (OutsideAgents.Outside one : some) {
        Desk desk = desk(one);
        if (desk.hasMail()) {
          desk.wake();
        }
      }
      last = some.getLast().number();
      some = outside.after(last, READ_AT_ONCE);
    }
    every(RETRY_MS, () -> desks.values().forEach(Desk::tick));
    every(LOOK_MS, this::look);
    every(FORGET_MS, () -> parts.tasks().forget(parts.clock().millis()));
  }

  /// Begins nothing any more, and ends the calls that are open.
  @Override
  public void close() {
    parts.stopping().set(true);
    ticks.shutdown();
    client.close();
    parts.threads().shutdown();
    try {
      if (!parts.threads().awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "Calls to outside agents did not end in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Desk desk(OutsideAgents.Outside remote) {
    return desks.computeIfAbsent(
        remote.number(),
        number -> {
          var desk = new Desk(parts, remote, relay.correspondent(number, remote.id()));
          var _ = relay.onMail(number, desk::wake);
          return desk;
        });
  }

  /// Asks how tasks stand that nobody streams.
  private void look() {
    long now = parts.clock().millis();
    for (OutsideTask task : parts.tasks().due(now, LOOKS_AT_ONCE)) {
      Desk desk = desks.get(task.remote());
      if (desk == null) {
        parts.tasks().put(task, null);
      } else {
        parts.tasks().put(task, now + Following.LOOK_MS_MAX);
        parts.start(() -> quietly(() -> look(desk, task)));
      }
    }
  }

  private void look(Desk desk, OutsideTask task) {
    String sender = parts.agents().idOf(task.sender());
    var following = Following.of(parts.tasks(), desk.answers(), parts.clock(), task, sender);
    try {
      Reply reply =
          switch (parts.cards().of(desk.remote())) {
            case Cards.Found.At at -> parts.wire().task(at.endpoint(), task.taskId());
            case Cards.Found.Not not -> not.why();
          };
      boolean isOver = parts.clock().millis() >= task.endsAtMs();
      switch (reply) {
        case Reply.Done done when following.takeTask(done.result()) && isOver ->
            giveUp(desk, task, sender, A2aWire.failed("It did not finish in seven days"));
        case Reply.Done _ -> following.askLater();
        case Reply.No no -> giveUp(desk, task, sender, no.why());
        case Reply.NotNow notNow when isOver -> giveUp(desk, task, sender, notNow.why());
        case Reply.NotNow _ -> {
          parts.cards().forget(desk.remote());
          following.askLater();
        }
      }
    } catch (Later later) {
      LOG.log(Level.DEBUG, "Will be told later", later);
      following.askLater();
    }
  }

  private void giveUp(Desk desk, OutsideTask task, String sender, Refused why) {
    var address = new Answers.Address(sender, task.thread(), task.messageId());
    desk.answers()
        .tell(
            address,
            task.taskId() + "\n" + task.messageId() + "\ngiven up",
            Payloads.ofFailure(task.taskId(), why));
    parts.tasks().put(task.in("failed", ""), null);
  }

  private void every(long ms, Runnable action) {
    var _ = ticks.scheduleWithFixedDelay(() -> quietly(action), ms, ms, TimeUnit.MILLISECONDS);
  }

  private static void quietly(Runnable action) {
    try {
      action.run();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Will try again", failure);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "This went wrong and will be tried again", failure);
    }
  }
}
