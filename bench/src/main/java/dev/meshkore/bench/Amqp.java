package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Frames of AMQP 0-9-1, as far as one queue, its publisher and its consumer need them.
final class Amqp {
  static final int METHOD = 1;
  static final int HEADER = 2;
  static final int BODY = 3;
  static final int HEARTBEAT = 8;
  static final int FRAME_HEADER_BYTES = 7;
  static final int FRAME_END = 0xce;
  static final byte[] PROTOCOL = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

  static final int CONNECTION_START = 10 << 16 | 10;
  static final int CONNECTION_START_OK = 10 << 16 | 11;
  static final int CONNECTION_TUNE = 10 << 16 | 30;
  static final int CONNECTION_TUNE_OK = 10 << 16 | 31;
  static final int CONNECTION_OPEN = 10 << 16 | 40;
  static final int CONNECTION_OPEN_OK = 10 << 16 | 41;
  static final int CONNECTION_CLOSE = 10 << 16 | 50;
  static final int CHANNEL_OPEN = 20 << 16 | 10;
  static final int CHANNEL_OPEN_OK = 20 << 16 | 11;
  static final int CHANNEL_CLOSE = 20 << 16 | 40;
  static final int QUEUE_DECLARE = 50 << 16 | 10;
  static final int QUEUE_DECLARE_OK = 50 << 16 | 11;
  static final int BASIC_QOS = 60 << 16 | 10;
  static final int BASIC_QOS_OK = 60 << 16 | 11;
  static final int BASIC_CONSUME = 60 << 16 | 20;
  static final int BASIC_CONSUME_OK = 60 << 16 | 21;
  static final int BASIC_PUBLISH = 60 << 16 | 40;
  static final int BASIC_DELIVER = 60 << 16 | 60;
  static final int BASIC_ACK = 60 << 16 | 80;
  static final int BASIC_NACK = 60 << 16 | 120;
  static final int CONFIRM_SELECT = 85 << 16 | 10;
  static final int CONFIRM_SELECT_OK = 85 << 16 | 11;

  private static final int DELIVERY_MODE_PRESENT = 0x1000;
  private static final int PERSISTENT = 2;

  private Amqp() {}

  static byte[] startOk(String user, String password) {
    return new Writer(CONNECTION_START_OK)
        .table("")
        .shortText("PLAIN")
        .longText("\0" + user + "\0" + password)
        .shortText("en_US")
        .frame(0);
  }

  static byte[] tuneOk(int frameBytesMax) {
    return new Writer(CONNECTION_TUNE_OK).shorts(2047).ints(frameBytesMax).shorts(0).frame(0);
  }

  static byte[] open() {
    return new Writer(CONNECTION_OPEN).shortText("/").shortText("").octet(0).frame(0);
  }

  static byte[] channelOpen() {
    return new Writer(CHANNEL_OPEN).shortText("").frame(1);
  }

  static byte[] confirmSelect() {
    return new Writer(CONFIRM_SELECT).octet(0).frame(1);
  }

  /// A durable quorum queue.
  static byte[] queueDeclare(String queue) {
    return new Writer(QUEUE_DECLARE)
        .shorts(0)
        .shortText(queue)
        .octet(0b10)
        .table("x-queue-type", "quorum")
        .frame(1);
  }

  static byte[] qos(int prefetch) {
    return new Writer(BASIC_QOS).ints(0).shorts(prefetch).octet(0).frame(1);
  }

  static byte[] consume(String queue) {
    return new Writer(BASIC_CONSUME)
        .shorts(0)
        .shortText(queue)
        .shortText("")
        .octet(0)
        .table("")
        .frame(1);
  }

  /// Publishes one persistent message to the queue of that name: three frames in one array.
  static byte[] publish(String queue, byte[] body) {
    byte[] method =
        new Writer(BASIC_PUBLISH).shorts(0).shortText("").shortText(queue).octet(0).frame(1);
    Writer header = new Writer();
    header.shorts(60).shorts(0).ints(0).ints(body.length);
    header.shorts(DELIVERY_MODE_PRESENT).octet(PERSISTENT);
    byte[] head = frame(HEADER, 1, header.bytes());
    byte[] content = frame(BODY, 1, body);
    byte[] all = Arrays.copyOf(method, method.length + head.length + content.length);
    System.arraycopy(head, 0, all, method.length, head.length);
    System.arraycopy(content, 0, all, method.length + head.length, content.length);
    return all;
  }

  /// Acknowledges everything up to that delivery.
  static byte[] ack(long deliveryTag) {
    return new Writer(BASIC_ACK)
        .ints((int) (deliveryTag >>> 32))
        .ints((int) deliveryTag)
        .octet(1)
        .frame(1);
  }

  static byte[] frame(int type, int channel, byte[] content) {
    byte[] frame = new byte[FRAME_HEADER_BYTES + content.length + 1];
    frame[0] = (byte) type;
    frame[1] = (byte) (channel >>> 8);
    frame[2] = (byte) channel;
    for (int i = 0; i < 4; i++) {
      frame[3 + i] = (byte) (content.length >>> (24 - 8 * i));
    }
    System.arraycopy(content, 0, frame, FRAME_HEADER_BYTES, content.length);
    frame[frame.length - 1] = (byte) FRAME_END;
    return frame;
  }

  static int intAt(byte[] data, int at) {
    return (data[at] & 0xff) << 24
        | (data[at + 1] & 0xff) << 16
        | (data[at + 2] & 0xff) << 8
        | (data[at + 3] & 0xff);
  }

  static long longAt(byte[] data, int at) {
    return (long) intAt(data, at) << 32 | (intAt(data, at + 4) & 0xffff_ffffL);
  }

  /// Builds the arguments of a method.
  private static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer() {}

    Writer(int method) {
      ints(method);
    }

    Writer octet(int value) {
      out.write(value);
      return this;
    }

    Writer shorts(int value) {
      return octet(value >>> 8).octet(value);
    }

    Writer ints(int value) {
      return shorts(value >>> 16).shorts(value);
    }

    Writer shortText(String text) {
      octet(text.length());
      out.writeBytes(text.getBytes(US_ASCII));
      return this;
    }

    Writer longText(String text) {
      ints(text.length());
      out.writeBytes(text.getBytes(US_ASCII));
      return this;
    }

    /// A table of names and texts, in turn; a single empty text is an empty table.
    Writer table(String... entries) {
      Writer inner = new Writer();
      for (int i = 0; i + 1 < entries.length; i += 2) {
        inner.shortText(entries[i]).octet('S').longText(entries[i + 1]);
      }
      byte[] content = inner.bytes();
      ints(content.length);
      out.writeBytes(content);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    byte[] frame(int channel) {
      return Amqp.frame(METHOD, channel, bytes());
    }
  }
}
