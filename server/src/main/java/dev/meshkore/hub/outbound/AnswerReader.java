package dev.meshkore.hub.outbound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one answer of HTTP/1.1. What could be read in two ways is not read at all.
final class AnswerReader {
  /// How an answer begins.
  ///
  /// @param status the HTTP status
  /// @param headers by name in lower case
  record Head(int status, Map<String, List<String>> headers) {
    List<String> header(String name) {
      return headers.getOrDefault(name, List.of());
    }

    boolean isEventStream() {
      return status == 200
          && String.join(",", header("content-type"))
              .toLowerCase(Locale.ROOT)
              .startsWith("text/event-stream");
    }
  }

  private static final int INTERIM_MAX = 5;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private final InputStream in;
  private final int headBytesMax;
  private int headBytes;

  AnswerReader(InputStream in, int headBytesMax) {
    this.in = new BufferedInputStream(in);
    this.headBytesMax = headBytesMax;
  }

  /// The head of the final answer.
  Head head() throws IOException {
    for (int i = 0; i <= INTERIM_MAX; i++) {
      Head head = anyHead();
      int kind = head.status() / 100;
      if (kind == 3 || head.status() == 101) {
        throw new BadAnswer("It answered with a redirect, which is not followed");
      }
      if (kind != 1) {
        return head;
      }
    }
    throw new BadAnswer("It answered without an end");
  }

  /// The body that follows, which may have so many bytes.
  InputStream body(Head head, int bytesMax) throws IOException {
    if (head.header("content-encoding").stream().anyMatch(coding -> !coding.equals("identity"))) {
      throw new BadAnswer("It answered in a compressed form that was not asked for");
    }
    if (head.status() == 204) {
      return InputStream.nullInputStream();
    }
    List<String> codings = head.header("transfer-encoding");
    List<String> lengths = head.header("content-length").stream().distinct().toList();
    if (!codings.isEmpty()) {
      boolean isChunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
      if (!isChunked || !lengths.isEmpty()) {
        throw notHttp();
      }
      return AnswerBody.inChunks(this, bytesMax);
    }
    if (lengths.isEmpty()) {
      return AnswerBody.untilTheEnd(this, bytesMax);
    }
    if (lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
      throw notHttp();
    }
    return AnswerBody.ofLength(this, Long.parseLong(lengths.getFirst()), bytesMax);
  }

  /// One line without its end.
  String line() throws IOException {
    var line = new ByteArrayOutputStream(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new BadAnswer("The answer broke off");
      }
      headBytes++;
      if (headBytes > headBytesMax) {
        throw new BadAnswer("The answer's headers are larger than " + headBytesMax + " bytes");
      }
      line.write(next);
    }
    headBytes++;
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /// Lines are counted from here on.
  void startLines() {
    headBytes = 0;
  }

  int read(byte[] buffer, int offset, int length) throws IOException {
    return in.read(buffer, offset, length);
  }

  static BadAnswer notHttp() {
    return new BadAnswer("It did not answer in HTTP/1.1");
  }

  private Head anyHead() throws IOException {
    Matcher status = STATUS.matcher(line());
    if (!status.matches()) {
      throw notHttp();
    }
    var headers = new LinkedHashMap<String, List<String>>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || !NAME.matcher(line.substring(0, colon)).matches()) {
        throw notHttp();
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      headers.computeIfAbsent(name, _ -> new ArrayList<>()).add(line.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(status.group(1)), headers);
  }
}
