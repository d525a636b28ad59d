package dev.meshkore.hub.outbound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;

/// Reads the data of Server-Sent Events. Names, ids and comments are passed over.
final class EventReader {
  private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final int eventBytesMax;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  EventReader(InputStream in, int eventBytesMax) {
    this.in = new BufferedInputStream(in);
    this.eventBytesMax = eventBytesMax;
  }

  /// Hands over the data of each event, in order, until no more is wanted or the stream ends. An
  /// event that the stream's end cuts off is not handed over.
  void readWhile(Predicate<byte[]> wantsMore) throws IOException {
    boolean isFirstLine = true;
    boolean afterReturn = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      boolean isSecondHalf = next == '\n' && afterReturn;
      afterReturn = next == '\r';
      if (isSecondHalf) {
        continue;
      }
      if (next != '\n' && next != '\r') {
        add(line, next);
        continue;
      }
      byte[] whole = line.toByteArray();
      line.reset();
      if (whole.length == 0 && data.size() > 0) {
        byte[] event = Arrays.copyOf(data.toByteArray(), data.size() - 1);
        data.reset();
        if (!wantsMore.test(event)) {
          return;
        }
      }
      take(isFirstLine ? withoutMark(whole) : whole);
      isFirstLine = false;
    }
  }

  /// Adds the line to the event's data, if it is `data`, `data:` or `data: `.
  private void take(byte[] whole) throws BadAnswer {
    int name = DATA.length;
    boolean isData =
        whole.length >= name
            && Arrays.equals(whole, 0, name, DATA, 0, name)
            && (whole.length == name || whole[name] == ':');
    if (isData) {
      int start = whole.length > name + 1 && whole[name + 1] == ' ' ? name + 2 : name + 1;
      for (int i = start; i < whole.length; i++) {
        add(data, whole[i]);
      }
      add(data, '\n');
    }
  }

  private void add(ByteArrayOutputStream to, int next) throws BadAnswer {
    if (line.size() + data.size() >= 2L * eventBytesMax || to.size() > eventBytesMax) {
      throw new BadAnswer("An event is larger than " + eventBytesMax + " bytes");
    }
    to.write(next);
  }

  private static byte[] withoutMark(byte[] whole) {
    boolean hasMark = whole.length >= 3 && Arrays.equals(whole, 0, 3, MARK, 0, 3);
    return hasMark ? Arrays.copyOfRange(whole, 3, whole.length) : whole;
  }
}
