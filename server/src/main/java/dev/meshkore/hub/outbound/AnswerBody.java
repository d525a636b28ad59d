package dev.meshkore.hub.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/// The body of an answer, up to so many bytes. One that breaks off is an error, never a short body.
final class AnswerBody extends InputStream {
  private enum Framing {
    LENGTH,
    CHUNKS,
    UNTIL_THE_END
  }

  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})[ \\t]*(;.*)?");

  private final AnswerReader in;
  private final Framing framing;
  private final int bytesMax;

  /// Of the body, or of the chunk that is being read.
  private long left;

  private long bytes;
  private boolean isFirstChunk = true;
  private boolean isEnded;

  private AnswerBody(AnswerReader in, Framing framing, long left, int bytesMax) {
    this.in = in;
    this.framing = framing;
    this.left = left;
    this.bytesMax = bytesMax;
  }

  static InputStream ofLength(AnswerReader in, long length, int bytesMax) throws IOException {
    if (length > bytesMax) {
      throw tooLarge(bytesMax);
    }
    return new AnswerBody(in, Framing.LENGTH, length, bytesMax);
  }

  static InputStream inChunks(AnswerReader in, int bytesMax) {
    return new AnswerBody(in, Framing.CHUNKS, 0, bytesMax);
  }

  static InputStream untilTheEnd(AnswerReader in, int bytesMax) {
    return new AnswerBody(in, Framing.UNTIL_THE_END, Long.MAX_VALUE, bytesMax);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (framing == Framing.CHUNKS && left == 0 && !isEnded) {
      nextChunk();
    }
    if (isEnded || left == 0) {
      return -1;
    }
    int count = in.read(buffer, offset, (int) Math.min(length, left));
    if (count < 0) {
      if (framing != Framing.UNTIL_THE_END) {
        throw new BadAnswer("The answer broke off");
      }
      isEnded = true;
      return -1;
    }
    left -= count;
    bytes += count;
    if (bytes > bytesMax) {
      throw tooLarge(bytesMax);
    }
    return count;
  }

  private void nextChunk() throws IOException {
    in.startLines();
    if (!isFirstChunk && !in.line().isEmpty()) {
      throw AnswerReader.notHttp();
    }
    isFirstChunk = false;
    var size = CHUNK.matcher(in.line());
    if (!size.matches()) {
      throw AnswerReader.notHttp();
    }
    left = Long.parseLong(size.group(1), 16);
    if (left == 0) {
      isEnded = true;
      while (!in.line().isEmpty()) {
        // Trailers say nothing that is asked for.
      }
    }
  }

  private static BadAnswer tooLarge(int bytesMax) {
    return new BadAnswer("The answer is larger than " + bytesMax + " bytes");
  }
}
