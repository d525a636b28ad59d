package dev.meshkore.hub.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// Sends bytes as they are and reads what comes back, as no HTTP client would.
final class RawHttp {
  private static final int READ_MS = 10_000;

  /// What came back.
  ///
  /// @param status 0 where nothing did
  record Answer(int status, String head, String body) {}

  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /// A request.
  ///
  /// @param bytes what is sent
  /// @param isWhole whether it ends as HTTP says; else the sender closes its half
  record Question(byte[] bytes, boolean isWhole) {}

  /// Reads until the hub closes; of a stream, the head alone.
  Answer send(Question question) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_MS);
      socket.getOutputStream().write(question.bytes());
      if (!question.isWhole()) {
        socket.shutdownOutput();
      }
      return parse(read(socket.getInputStream()));
    }
  }

  private static String read(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
        String soFar = bytes.toString(StandardCharsets.ISO_8859_1);
        boolean isStream = soFar.contains("text/event-stream") || soFar.contains(" 101 ");
        if (isStream && soFar.contains("\r\n\r\n")) {
          return soFar;
        }
      }
    } catch (SocketTimeoutException failure) {
      throw new AssertionError("The hub neither answers nor closes", failure);
    } catch (IOException _) {
      // A reset after the answer: what was read counts.
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Answer parse(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (!text.startsWith("HTTP/1.1 ") || end < 0) {
      return new Answer(0, text, "");
    }
    int status = Integer.parseInt(text.substring(9, 12));
    return new Answer(status, text.substring(0, end), text.substring(end + 4));
  }
}
