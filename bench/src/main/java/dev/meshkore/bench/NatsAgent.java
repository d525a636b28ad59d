package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.CompletableFuture;

/// An agent on NATS JetStream: its inbox is a subject of a stream, read by a durable push consumer
/// that acknowledges cumulatively.
final class NatsAgent extends Connection implements Agent {
  private static final byte[] MESSAGE = "MSG ".getBytes(US_ASCII);
  private static final byte[] PING = "PING".getBytes(US_ASCII);
  private static final byte[] ERROR = "-ERR".getBytes(US_ASCII);
  private static final byte[] PONG_LINE = "PONG\r\n".getBytes(US_ASCII);
  private static final byte[] ERROR_MEMBER = "\"error\"".getBytes(US_ASCII);
  static final int SHARD_DIGITS = 2;
  private static final int PUBLISHED = 1;
  private static final int DELIVERED = 2;
  private static final int ACKNOWLEDGED_BYTES_MAX = 256;

  private final int index;
  private final String start;
  private final int streamCount;
  private final Payload payload;
  private final Traffic traffic;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] command;
  private final int shardAt;
  private final int recipientAt;
  private final int payloadAt;
  private final byte[] replyTo = new byte[ACKNOWLEDGED_BYTES_MAX];
  private int replyToBytes;
  private int unacknowledged;

  /// @param start what the streams' names begin with; their subjects are `start.shard.inbox`
  NatsAgent(Place place, String start, int streamCount) {
    super(place.loop());
    index = place.index();
    payload = place.payload();
    traffic = place.traffic();
    this.start = start;
    this.streamCount = streamCount;
    String head = "PUB " + start + ".";
    String line = head + "00." + Roster.BASE + " _A." + index + " " + payload.bytes() + "\r\n";
    shardAt = head.length();
    recipientAt = shardAt + SHARD_DIGITS + 1;
    payloadAt = line.length();
    command = (line + new String(payload.template(), US_ASCII) + "\r\n").getBytes(US_ASCII);
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready;
  }

  @Override
  void connected() {
    String number = Integer.toString(Roster.BASE + index);
    String shard = NatsPeer.shard(index % streamCount);
    String stream = start + "_" + shard;
    String consumer =
        """
        {"stream_name":"%1$s","config":{"durable_name":"c%2$s","deliver_subject":"_D.%1$s.%2$s",\
        "filter_subject":"%3$s.%4$s.%2$s","ack_policy":"all","deliver_policy":"all",\
        "ack_wait":60000000000,"max_ack_pending":100000}}\
        """
            .formatted(stream, number, start, shard);
    String commands =
        """
        CONNECT {"verbose":false,"pedantic":false,"lang":"java","version":"1","protocol":1}\r
        SUB _A.%1$d %2$d\r
        SUB _D.%3$s.%4$s %5$d\r
        SUB _C.%1$d 3\r
        PUB $JS.API.CONSUMER.DURABLE.CREATE.%3$s.c%4$s _C.%1$d %6$d\r
        %7$s\r
        """
            .formatted(index, PUBLISHED, stream, number, DELIVERED, consumer.length(), consumer);
    output().writeCharSequence(commands, US_ASCII);
  }

  @Override
  public void send(int recipient, long stamp) {
    Digits.put(command, shardAt, SHARD_DIGITS, recipient % streamCount);
    Digits.put(command, recipientAt, Roster.DIGITS, Roster.BASE + recipient);
    payload.put(command, payloadAt, stamp, index);
    output().writeBytes(command);
  }

  @Override
  public void acknowledge() {
    if (unacknowledged > 0) {
      unacknowledged = 0;
      output().writeCharSequence("PUB " + new String(replyTo, 0, replyToBytes, US_ASCII), US_ASCII);
      output().writeCharSequence(" 0\r\n\r\n", US_ASCII);
    }
  }

  @Override
  int read(byte[] data, int from, int to) {
    int at = from;
    while (true) {
      int lineEnd = Scan.lineEnd(data, at, to);
      if (lineEnd < 0) {
        return at;
      }
      int contentAt = lineEnd + 2;
      if (!Scan.matches(data, at, lineEnd, MESSAGE)) {
        line(data, at, lineEnd);
        at = contentAt;
        continue;
      }
      int bytesAt = lastWord(data, at, lineEnd);
      int end = contentAt + (int) Digits.readAll(data, bytesAt, lineEnd) + 2;
      if (end > to) {
        return at;
      }
      message(data, at + MESSAGE.length, bytesAt - 1, contentAt, end - 2);
      at = end;
    }
  }

  private static int lastWord(byte[] data, int from, int to) {
    int at = to;
    while (at > from && data[at - 1] != ' ') {
      at--;
    }
    return at;
  }

  /// The words of a message line are subject, subscription, and the reply subject if there is one.
  private void message(byte[] data, int from, int wordsEnd, int at, int end) {
    int subscriptionAt = from;
    while (data[subscriptionAt] != ' ') {
      subscriptionAt++;
    }
    switch ((int) Digits.readAll(data, subscriptionAt + 1, wordsEnd)) {
      case PUBLISHED -> {
        if (Scan.find(data, at, Math.min(end, at + 12), ERROR_MEMBER) >= 0) {
          traffic.refused(index, new String(data, at, end - at, US_ASCII));
        } else {
          traffic.acknowledged(index, 1);
        }
      }
      case DELIVERED -> {
        int replyAt = lastWord(data, subscriptionAt + 1, wordsEnd);
        replyToBytes = wordsEnd - replyAt;
        System.arraycopy(data, replyAt, replyTo, 0, replyToBytes);
        traffic.delivered(Payload.sender(data, at), Payload.stamp(data, at));
        if (++unacknowledged >= ACKNOWLEDGE_EVERY) {
          acknowledge();
        }
      }
      default -> {
        if (Scan.find(data, at, end, ERROR_MEMBER) >= 0) {
          failed("NATS made no consumer: " + new String(data, at, end - at, US_ASCII));
        } else {
          ready.complete(null);
        }
      }
    }
  }

  private void line(byte[] data, int at, int lineEnd) {
    if (Scan.matches(data, at, lineEnd, PING)) {
      output().writeBytes(PONG_LINE);
    } else if (Scan.matches(data, at, lineEnd, ERROR)) {
      failed("NATS answered " + new String(data, at, lineEnd - at, US_ASCII));
    }
  }

  @Override
  void failed(String reason) {
    String text = "agent " + index + ": " + reason;
    if (!ready.completeExceptionally(new BenchFailure(text))) {
      traffic.broke(text);
    }
  }
}
