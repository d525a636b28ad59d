package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/// An agent of the hub on its WebSocket: no JSON reader, no allocation for a message.
final class HubAgent extends Connection implements Agent {
  private static final int MASK = 0x5ac3_96e1;
  private static final byte[] TYPE_MESSAGE = "{\"type\":\"message\"".getBytes(US_ASCII);
  private static final byte[] TYPE_RECEIPT = "{\"type\":\"receipt\"".getBytes(US_ASCII);
  private static final byte[] TYPE_WELCOME = "{\"type\":\"welcome\"".getBytes(US_ASCII);
  private static final byte[] TYPE_PROBLEM = "{\"type\":\"problem\"".getBytes(US_ASCII);
  private static final byte[] SEQUENCE = "\"sequence\":".getBytes(US_ASCII);
  private static final byte[] STATE = "\"state\":\"".getBytes(US_ASCII);
  private static final byte[] QUEUED = "queued\"".getBytes(US_ASCII);
  private static final byte[] REFUSED = "refused\"".getBytes(US_ASCII);
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);

  private final int index;
  private final Credentials credentials;
  private final String path;
  private final String host;
  private final Payload payload;
  private final Traffic traffic;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] sendFrame;
  private final int bodyAt;
  private final int recipientAt;
  private final int payloadAt;
  private boolean upgraded;
  private long lastSequence;
  private long acknowledgedSequence;
  private int unacknowledged;
  private long lastStamp;
  private boolean acknowledges = true;

  /// @param recipient the member of the JSON that names one recipient; the digits at its end are
  ///   changed for each message
  /// @param path `/ws`, with `?after=0` to read an inbox from its start
  HubAgent(Place place, Credentials credentials, String recipient, String path) {
    super(place.loop());
    index = place.index();
    payload = place.payload();
    traffic = place.traffic();
    host = place.host();
    this.credentials = credentials;
    this.path = path;
    String head = recipient + "\",\"payload\":";
    byte[] body = body(head);
    sendFrame = Frames.encode(Frames.TEXT, body, MASK);
    bodyAt = sendFrame.length - body.length;
    payloadAt = sendFrame.length - 1 - payload.bytes();
    recipientAt = payloadAt - "\",\"payload\":".length() - Roster.DIGITS;
  }

  private byte[] body(String head) {
    byte[] start = ("{\"type\":\"send\",\"" + head).getBytes(UTF_8);
    byte[] content = payload.template();
    byte[] body = new byte[start.length + content.length + 1];
    System.arraycopy(start, 0, body, 0, start.length);
    System.arraycopy(content, 0, body, start.length, content.length);
    body[body.length - 1] = '}';
    return body;
  }

  /// Reads without acknowledging, so that the same inbox can be read again.
  HubAgent withoutAcknowledging() {
    acknowledges = false;
    return this;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready;
  }

  @Override
  void connected() {
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            + "\r\nSec-WebSocket-Key: bWVzaGtvcmUtYmVuY2gtMQ==\r\nAuthorization: Bearer "
            + credentials.token()
            + "\r\n\r\n";
    output().writeCharSequence(request, US_ASCII);
  }

  @Override
  public void send(int recipient, long stamp) {
    if (recipient >= 0) {
      int digits = Roster.BASE + recipient;
      Digits.putMasked(sendFrame, recipientAt, Roster.DIGITS, digits, MASK, bodyAt);
    }
    lastStamp = stamp;
    payload.putMasked(sendFrame, payloadAt, stamp, index, MASK, bodyAt);
    output().writeBytes(sendFrame);
  }

  @Override
  public void acknowledge() {
    if (acknowledges && lastSequence > acknowledgedSequence) {
      acknowledgedSequence = lastSequence;
      unacknowledged = 0;
      String frame = "{\"type\":\"ack\",\"sequence\":" + lastSequence + "}";
      output().writeBytes(Frames.text(frame, MASK));
    }
  }

  @Override
  int read(byte[] data, int from, int to) {
    int at = from;
    if (!upgraded) {
      int end = Scan.find(data, from, to, HEAD_END);
      if (end < 0) {
        return from;
      }
      String status = new String(data, from, Math.min(end - from, 300), US_ASCII);
      if (!status.startsWith("HTTP/1.1 101")) {
        failed("the hub did not open a WebSocket: " + status.lines().findFirst().orElse(""));
        close();
        return to;
      }
      upgraded = true;
      at = end + HEAD_END.length;
    }
    while (true) {
      int header = Frames.headerBytes(data, at, to);
      if (header < 0) {
        return at;
      }
      int end = at + header + Frames.bodyBytes(data, at);
      if (end > to) {
        return at;
      }
      frame(Frames.opcode(data, at), data, at + header, end);
      at = end;
    }
  }

  private void frame(int opcode, byte[] data, int from, int to) {
    if (opcode == Frames.TEXT) {
      if (Scan.matches(data, from, to, TYPE_MESSAGE)) {
        message(data, from + TYPE_MESSAGE.length, to);
      } else if (Scan.matches(data, from, to, TYPE_RECEIPT)) {
        receipt(data, from + TYPE_RECEIPT.length, to);
      } else if (Scan.matches(data, from, to, TYPE_WELCOME)) {
        ready.complete(null);
      } else if (Scan.matches(data, from, to, TYPE_PROBLEM)) {
        failed("the hub could not read a frame: " + new String(data, from, to - from, UTF_8));
      }
    } else if (opcode == Frames.PING) {
      byte[] body = Arrays.copyOfRange(data, from, to);
      output().writeBytes(Frames.encode(Frames.PONG, body, MASK));
    } else if (opcode == Frames.CLOSE) {
      int code = to - from < 2 ? 1005 : (data[from] & 0xff) << 8 | (data[from + 1] & 0xff);
      failed("the hub closed a WebSocket with code " + code);
    }
  }

  private void message(byte[] data, int from, int to) {
    int sequenceAt = Scan.find(data, from, to, SEQUENCE);
    int content = payload.find(data, from, to, 1);
    if (sequenceAt < 0 || content < 0) {
      failed("a message that was not sent here: " + new String(data, from, to - from, UTF_8));
      return;
    }
    lastSequence = Digits.readAll(data, sequenceAt + SEQUENCE.length, to);
    traffic.delivered(Payload.sender(data, content), Payload.stamp(data, content));
    if (++unacknowledged >= ACKNOWLEDGE_EVERY) {
      acknowledge();
    }
  }

  private void receipt(byte[] data, int from, int to) {
    int state = Scan.find(data, from, to, STATE) + STATE.length;
    if (Scan.matches(data, state, to, QUEUED)) {
      traffic.answered(index, lastStamp);
    } else if (Scan.matches(data, state, to, REFUSED)) {
      traffic.refused(index, new String(data, from, to - from, UTF_8));
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
