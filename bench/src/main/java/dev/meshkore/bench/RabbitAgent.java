package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/// An agent on RabbitMQ: its inbox is a quorum queue; it publishes with confirms and acknowledges
/// cumulatively.
final class RabbitAgent extends Connection implements Agent {
  private static final int FRAME_BYTES_MAX = 131_072;
  private static final int PREFETCH = 10_000;

  private final int index;
  private final String queue;
  private final Payload payload;
  private final Traffic traffic;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] command;
  private final int recipientAt;
  private final int payloadAt;
  private final BitSet confirmedEarly = new BitSet();
  private long confirmedUpTo;
  private long deliveryTag;
  private int unacknowledged;

  RabbitAgent(Place place, String queueStart) {
    super(place.loop());
    index = place.index();
    payload = place.payload();
    traffic = place.traffic();
    queue = queueStart + (Roster.BASE + index);
    command = Amqp.publish(queueStart + Roster.BASE, payload.template());
    recipientAt = Amqp.FRAME_HEADER_BYTES + 4 + 2 + 1 + 1 + queueStart.length();
    payloadAt = command.length - 1 - payload.bytes();
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready;
  }

  @Override
  void connected() {
    output().writeBytes(Amqp.PROTOCOL);
  }

  @Override
  public void send(int recipient, long stamp) {
    Digits.put(command, recipientAt, Roster.DIGITS, Roster.BASE + recipient);
    payload.put(command, payloadAt, stamp, index);
    output().writeBytes(command);
  }

  @Override
  public void acknowledge() {
    if (unacknowledged > 0) {
      unacknowledged = 0;
      output().writeBytes(Amqp.ack(deliveryTag));
    }
  }

  @Override
  int read(byte[] data, int from, int to) {
    int at = from;
    while (to - at >= Amqp.FRAME_HEADER_BYTES) {
      int contentAt = at + Amqp.FRAME_HEADER_BYTES;
      int end = contentAt + Amqp.intAt(data, at + 3) + 1;
      if (end > to) {
        return at;
      }
      switch (data[at]) {
        case Amqp.METHOD -> method(data, contentAt, end - 1);
        case Amqp.BODY -> body(data, contentAt);
        default -> {}
      }
      at = end;
    }
    return at;
  }

  private void body(byte[] data, int at) {
    traffic.delivered(Payload.sender(data, at), Payload.stamp(data, at));
    if (++unacknowledged >= ACKNOWLEDGE_EVERY) {
      acknowledge();
    }
  }

  private void method(byte[] data, int from, int to) {
    int at = from + 4;
    switch (Amqp.intAt(data, from)) {
      case Amqp.BASIC_DELIVER -> deliveryTag = Amqp.longAt(data, at + 1 + (data[at] & 0xff));
      case Amqp.BASIC_ACK -> confirmed(Amqp.longAt(data, at), (data[at + 8] & 1) == 1);
      case Amqp.BASIC_NACK -> traffic.refused(index, "RabbitMQ did not confirm a message");
      case Amqp.CONNECTION_START -> output().writeBytes(Amqp.startOk("guest", "guest"));
      case Amqp.CONNECTION_TUNE -> {
        output().writeBytes(Amqp.tuneOk(FRAME_BYTES_MAX));
        output().writeBytes(Amqp.open());
      }
      case Amqp.CONNECTION_OPEN_OK -> output().writeBytes(Amqp.channelOpen());
      case Amqp.CHANNEL_OPEN_OK -> output().writeBytes(Amqp.confirmSelect());
      case Amqp.CONFIRM_SELECT_OK -> output().writeBytes(Amqp.queueDeclare(queue));
      case Amqp.QUEUE_DECLARE_OK -> output().writeBytes(Amqp.qos(PREFETCH));
      case Amqp.BASIC_QOS_OK -> output().writeBytes(Amqp.consume(queue));
      case Amqp.BASIC_CONSUME_OK -> ready.complete(null);
      case Amqp.CONNECTION_CLOSE, Amqp.CHANNEL_CLOSE ->
          failed("RabbitMQ closed: " + new String(data, at + 3, to - at - 3, US_ASCII));
      default -> {}
    }
  }

  /// Confirms may come out of order, singly or for all up to a tag.
  private void confirmed(long tag, boolean multiple) {
    if (!multiple && tag != confirmedUpTo + 1) {
      confirmedEarly.set((int) (tag - confirmedUpTo));
      traffic.acknowledged(index, 1);
      return;
    }
    int step = (int) (tag - confirmedUpTo);
    if (step <= 0) {
      return;
    }
    if (confirmedEarly.isEmpty()) {
      confirmedUpTo = tag;
      traffic.acknowledged(index, step);
      return;
    }
    int early = confirmedEarly.get(0, step + 1).cardinality();
    int next = confirmedEarly.nextClearBit(step + 1);
    BitSet rest = confirmedEarly.get(next, Math.max(next, confirmedEarly.length()));
    confirmedUpTo += next - 1;
    confirmedEarly.clear();
    for (int bit = rest.nextSetBit(0); bit >= 0; bit = rest.nextSetBit(bit + 1)) {
      confirmedEarly.set(bit + 1);
    }
    if (step > early) {
      traffic.acknowledged(index, step - early);
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
