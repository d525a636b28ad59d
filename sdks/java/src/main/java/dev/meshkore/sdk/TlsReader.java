package dev.meshkore.sdk;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// Reads the presentation language of TLS as MLS uses it (RFC 9420, section 2.1.2).
final class TlsReader {
  private final ByteBuffer in;

  TlsReader(byte[] data) {
    in = ByteBuffer.wrap(data);
  }

  void skip(int count) {
    var unused = bytes(count);
  }

  byte[] bytes(int count) {
    if (count < 0 || count > in.remaining()) {
      throw new EncryptionException("A message that ends too early");
    }
    byte[] out = new byte[count];
    in.get(out);
    return out;
  }

  /// A vector of bytes with its length before it, in 1, 2 or 4 bytes.
  byte[] opaque() {
    try {
      int first = in.get() & 0xff;
      int more = first >> 6;
      if (more == 3) {
        throw new EncryptionException("A length that MLS does not have");
      }
      int length = first & 0x3f;
      for (int i = (1 << more) - 1; i > 0; i--) {
        length = (length << 8) | (in.get() & 0xff);
      }
      return bytes(length);
    } catch (BufferUnderflowException e) {
      throw new EncryptionException("A message that ends too early", e);
    }
  }
}
