package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.CompletableFuture;

/// The reading half of an agent on Redis Streams: `XREAD BLOCK` again and again.
final class RedisReader extends Connection {
  private static final String READ_MOST = "2000";

  private final int index;
  private final String key;
  private final Traffic traffic;
  private final RedisAgent agent;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] lastId = new byte[40];
  private int lastIdBytes;
  private int unacknowledged;
  private int entriesLeft;
  private int token;

  RedisReader(Place place, String key, RedisAgent agent) {
    super(place.loop());
    index = place.index();
    traffic = place.traffic();
    this.key = key;
    this.agent = agent;
  }

  CompletableFuture<Void> ready() {
    return ready;
  }

  /// The newest id that has not been acknowledged yet, or nothing.
  String takeUnacknowledged() {
    if (unacknowledged == 0) {
      return "";
    }
    unacknowledged = 0;
    return new String(lastId, 0, lastIdBytes, US_ASCII);
  }

  @Override
  void connected() {
    lastId[0] = '0';
    lastIdBytes = 1;
    request();
    ready.complete(null);
  }

  private void request() {
    String id = new String(lastId, 0, lastIdBytes, US_ASCII);
    String command = RedisAgent.resp("XREAD", "COUNT", READ_MOST, "BLOCK", "0", "STREAMS", key, id);
    output().writeCharSequence(command, US_ASCII);
    token = 0;
  }

  /// An answer is `*1 *2 $key *n`, then for each entry `*2 $id *2 $p $payload`. Tokens 0 to 3 are
  /// the start, 4 to 8 those of an entry.
  @Override
  int read(byte[] data, int from, int to) {
    int at = from;
    while (true) {
      int lineEnd = Scan.lineEnd(data, at, to);
      if (lineEnd < 0) {
        return at;
      }
      int contentAt = lineEnd + 2;
      int number = (int) Digits.readAll(data, at + 1, lineEnd);
      int end = contentAt;
      if (data[at] == '$') {
        end = contentAt + number + 2;
        if (end > to) {
          return at;
        }
      } else if (data[at] != '*') {
        failed("Redis answered " + new String(data, at, lineEnd - at, US_ASCII));
        return to;
      }
      token(data, contentAt, number);
      at = end;
    }
  }

  private void token(byte[] data, int at, int number) {
    switch (token) {
      case 3 -> entriesLeft = number;
      case 5 -> {
        System.arraycopy(data, at, lastId, 0, number);
        lastIdBytes = number;
      }
      case 8 -> {
        entry(data, at);
        return;
      }
      default -> {}
    }
    token++;
  }

  private void entry(byte[] data, int at) {
    traffic.delivered(Payload.sender(data, at), Payload.stamp(data, at));
    if (++unacknowledged >= Agent.ACKNOWLEDGE_EVERY) {
      agent.acknowledge();
    }
    token = 4;
    if (--entriesLeft == 0) {
      request();
    }
  }

  @Override
  void failed(String reason) {
    String text = "reader " + index + ": " + reason;
    if (!ready.completeExceptionally(new BenchFailure(text))) {
      traffic.broke(text);
    }
  }
}
