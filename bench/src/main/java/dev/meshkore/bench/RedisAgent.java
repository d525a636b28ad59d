package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.CompletableFuture;

/// The sending half of an agent on Redis Streams; [RedisReader] is the other half, because a
/// connection that waits in `XREAD BLOCK` cannot send.
final class RedisAgent extends Connection implements Agent {
  private final int index;
  private final String keyStart;
  private final Payload payload;
  private final Traffic traffic;
  private final RedisReader reader;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] command;
  private final int recipientAt;
  private final int payloadAt;

  RedisAgent(Place place, String keyStart) {
    super(place.loop());
    index = place.index();
    payload = place.payload();
    traffic = place.traffic();
    this.keyStart = keyStart;
    String key = keyStart + Roster.BASE;
    String keyHead = "*5\r\n$4\r\nXADD\r\n$" + key.length() + "\r\n" + keyStart;
    String start = keyHead + Roster.BASE + "\r\n$1\r\n*\r\n$1\r\np\r\n$" + payload.bytes() + "\r\n";
    recipientAt = keyHead.length();
    payloadAt = start.length();
    command = (start + new String(payload.template(), US_ASCII) + "\r\n").getBytes(US_ASCII);
    reader = new RedisReader(place, keyStart + (Roster.BASE + index), this);
  }

  RedisReader reader() {
    return reader;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return CompletableFuture.allOf(ready, reader.ready());
  }

  @Override
  void connected() {
    ready.complete(null);
  }

  @Override
  public void send(int recipient, long stamp) {
    Digits.put(command, recipientAt, Roster.DIGITS, Roster.BASE + recipient);
    payload.put(command, payloadAt, stamp, index);
    output().writeBytes(command);
  }

  /// What is acknowledged is remembered durably and may be removed, as an inbox does it.
  @Override
  public void acknowledge() {
    String id = reader.takeUnacknowledged();
    if (!id.isEmpty()) {
      String key = keyStart + (Roster.BASE + index);
      output().writeCharSequence(resp("SET", "a" + key, id), US_ASCII);
      output().writeCharSequence(resp("XTRIM", key, "MINID", "~", id), US_ASCII);
    }
  }

  static String resp(String... words) {
    StringBuilder text = new StringBuilder("*").append(words.length).append("\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString();
  }

  @Override
  int read(byte[] data, int from, int to) {
    int at = from;
    while (true) {
      int lineEnd = Scan.lineEnd(data, at, to);
      if (lineEnd < 0) {
        return at;
      }
      switch (data[at]) {
        case '$' -> {
          int end = lineEnd + 4 + (int) Digits.readAll(data, at + 1, lineEnd);
          if (end > to) {
            return at;
          }
          traffic.acknowledged(index, 1);
          at = end;
        }
        case '-' -> {
          traffic.refused(index, new String(data, at, lineEnd - at, US_ASCII));
          at = lineEnd + 2;
        }
        default -> at = lineEnd + 2;
      }
    }
  }

  @Override
  public void close() {
    super.close();
    reader.close();
  }

  @Override
  void failed(String reason) {
    String text = "agent " + index + ": " + reason;
    if (!ready.completeExceptionally(new BenchFailure(text))) {
      traffic.broke(text);
    }
  }
}
