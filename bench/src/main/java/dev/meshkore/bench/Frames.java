package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

/// WebSocket frames (RFC 6455 section 5), as far as a client needs them.
final class Frames {
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  private Frames() {}

  /// A whole masked frame.
  static byte[] encode(int opcode, byte[] body, int mask) {
    int header = clientHeaderBytes(body.length);
    byte[] frame = new byte[header + body.length];
    frame[0] = (byte) (FINAL | opcode);
    if (body.length < 126) {
      frame[1] = (byte) (MASKED | body.length);
    } else if (body.length < 65_536) {
      frame[1] = (byte) (MASKED | 126);
      frame[2] = (byte) (body.length >>> 8);
      frame[3] = (byte) body.length;
    } else {
      frame[1] = (byte) (MASKED | 127);
      for (int i = 0; i < 4; i++) {
        frame[6 + i] = (byte) (body.length >>> (24 - 8 * i));
      }
    }
    for (int i = 0; i < 4; i++) {
      frame[header - 4 + i] = (byte) (mask >>> (24 - 8 * i));
    }
    for (int i = 0; i < body.length; i++) {
      frame[header + i] = (byte) (body[i] ^ (mask >>> (24 - 8 * (i & 3))));
    }
    return frame;
  }

  static byte[] text(String text, int mask) {
    return encode(TEXT, text.getBytes(UTF_8), mask);
  }

  /// How many bytes stand before the body of a masked frame.
  static int clientHeaderBytes(int bodyBytes) {
    return 4 + (bodyBytes < 126 ? 2 : bodyBytes < 65_536 ? 4 : 10);
  }

  static int opcode(byte[] data, int at) {
    return data[at] & 0x0f;
  }

  /// How many bytes stand before the body of the frame at `at`, or -1 while they are not all here.
  static int headerBytes(byte[] data, int at, int to) {
    if (to - at < 2) {
      return -1;
    }
    int length = data[at + 1] & 0x7f;
    int bytes = (length < 126 ? 2 : length == 126 ? 4 : 10) + (data[at + 1] < 0 ? 4 : 0);
    return to - at < bytes ? -1 : bytes;
  }

  /// The length of the body; the header has to be whole.
  static int bodyBytes(byte[] data, int at) {
    int length = data[at + 1] & 0x7f;
    if (length < 126) {
      return length;
    }
    if (length == 126) {
      return (data[at + 2] & 0xff) << 8 | (data[at + 3] & 0xff);
    }
    long bytes = 0;
    for (int i = 2; i < 10; i++) {
      bytes = bytes << 8 | (data[at + i] & 0xff);
    }
    if (bytes < 0 || bytes > 1 << 28) {
      throw new BenchFailure("a frame of " + bytes + " bytes");
    }
    return (int) bytes;
  }
}
