package dev.meshkore.hub.faults;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// Real clients that send, read and acknowledge until they are stopped, whatever becomes of the hub
/// meanwhile: who gets no answer asks again with the same message id.
final class Load implements AutoCloseable {
  /// How many clients there are.
  ///
  /// @param webSocketSenders senders with several messages under way
  /// @param restSenders senders with one message under way
  /// @param readersOfEachKind recipients that read by WebSocket, as many by SSE, as many by polling
  record Size(int webSocketSenders, int restSenders, int readersOfEachKind) {
    static final Size USUAL = new Size(3, 3, 1);
  }

  /// A client's work; it is called again and again until the load is stopped and it is done.
  interface Work {
    /// Works until the connection breaks or the load is stopped; true when nothing is left to do.
    boolean run() throws IOException, InterruptedException;
  }

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration DRAIN = Duration.ofSeconds(60);
  private static final Duration PROGRESS = Duration.ofSeconds(60);
  static final String SILENT = "silent";

  private final HubProcess hub;
  private final History history;
  private final HttpClient http;
  private final String invite;
  private final List<String> recipients;
  private final Map<String, Player> players = new ConcurrentHashMap<>();
  private final CountDownLatch sendersStop = new CountDownLatch(1);
  private final CountDownLatch readersStop = new CountDownLatch(1);
  private final List<Thread> senders = new ArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  private Load(HubProcess hub, String invite, History history, List<String> recipients) {
    this.hub = hub;
    this.invite = invite;
    this.history = history;
    this.recipients = recipients;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
  }

  /// Registers all agents and starts the clients. One recipient never reads.
  static Load start(HubProcess hub, History history, Size size)
      throws IOException, InterruptedException {
    var recipients = new ArrayList<String>();
    for (String kind : List.of("ws", "sse", "poll")) {
      IntStream.range(0, size.readersOfEachKind()).forEach(i -> recipients.add(kind + "-r" + i));
    }
    recipients.add(SILENT);
    var load = new Load(hub, hub.invite(), history, List.copyOf(recipients));
    recipients.forEach(load::player);
    IntStream.range(0, size.webSocketSenders()).forEach(i -> load.player("wssender-" + i));
    IntStream.range(0, size.restSenders()).forEach(i -> load.player("restsender-" + i));
    for (Player player : load.players.values()) {
      player.register();
    }
    load.players.values().forEach(load::play);
    return load;
  }

  /// The same agents at a hub that has the same data, where none of them does anything.
  Load at(HubProcess copy) throws IOException, InterruptedException {
    var load = new Load(copy, invite, new History(), recipients);
    for (Player player : players.values()) {
      load.players.put(player.id, player.at(copy.uri("/")).register());
    }
    return load;
  }

  HubProcess hub() {
    return hub;
  }

  History history() {
    return history;
  }

  List<String> recipients() {
    return recipients;
  }

  /// Somebody of the recipients; their inboxes grow alike.
  String recipient(long number) {
    return recipients.get((int) (number % recipients.size()));
  }

  boolean isSending() {
    return sendersStop.getCount() > 0;
  }

  boolean isReading() {
    return readersStop.getCount() > 0;
  }

  /// The agent of this name.
  Player player(String id) {
    return players.computeIfAbsent(id, _ -> new Player(hub.uri("/"), http, invite, id));
  }

  /// Returns when so many more messages are accepted.
  void awaitAccepted(long more) throws InterruptedException {
    long wanted = history.acceptedCount() + more;
    awaitUntil("accepts " + more + " more", () -> history.acceptedCount() >= wanted);
  }

  /// Returns when it is so.
  void awaitUntil(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PROGRESS.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Within "
                + PROGRESS
                + " it never was so: the hub "
                + what
                + "; "
                + history
                + " "
                + history.violations()
                + " "
                + hub.output());
      }
      var _ = readersStop.await(5, TimeUnit.MILLISECONDS);
    }
  }

  /// Lets the senders get an answer to everything they sent, and the readers read all there is.
  void finish() throws InterruptedException {
    sendersStop.countDown();
    join(senders);
    readersStop.countDown();
    join(readers);
  }

  /// Ends the clients where they are.
  @Override
  public void close() {
    sendersStop.countDown();
    readersStop.countDown();
    http.shutdownNow();
    try {
      join(senders);
      join(readers);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void play(Player player) {
    switch (player.id.replaceFirst("-.*", "")) {
      case "ws" -> run(readers, player.id, readersStop, new WebSocketReader(this, player));
      case "sse" -> run(readers, player.id, readersStop, new EventReader(this, player));
      case "poll" -> run(readers, player.id, readersStop, new PollReader(this, player));
      case "wssender" -> run(senders, player.id, sendersStop, new WebSocketSender(this, player));
      case "restsender" -> run(senders, player.id, sendersStop, new RestSender(this, player));
      default -> {
        // The silent one does nothing.
      }
    }
  }

  private void run(List<Thread> group, String name, CountDownLatch stop, Work work) {
    group.add(Thread.ofVirtual().name(name).start(() -> repeat(name, stop, work)));
  }

  private void repeat(String name, CountDownLatch stop, Work work) {
    try {
      boolean isDone = false;
      while (!isDone && !http.isTerminated()) {
        try {
          isDone = work.run();
        } catch (IOException _) {
          // The hub is away or ended the connection; that is what these clients are for.
        }
        if (!isDone) {
          var _ = stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failure) {
      history.violation(name + " failed: " + failure);
      throw failure;
    }
  }

  private void join(List<Thread> group) throws InterruptedException {
    long deadline = System.nanoTime() + DRAIN.toNanos();
    for (Thread thread : group) {
      if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        history.violation(thread.getName() + " did not come to its end");
        thread.interrupt();
      }
    }
  }
}
