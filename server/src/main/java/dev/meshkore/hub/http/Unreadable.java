package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/// What the hub says of bytes that are no request.
final class Unreadable {
  private Unreadable() {}

  /// What is said of a failure to read.
  static Response.Whole answer(@Nullable Throwable cause, int headerBytesMax) {
    return switch (cause) {
      case TooLongHttpHeaderException _ ->
          Problems.response(
              new Refused(
                  ProblemType.HEADERS_TOO_LARGE,
                  "All headers together may have " + headerBytesMax + " bytes"));
      case TooLongHttpLineException _ ->
          Problems.unreadable(414, "URI Too Long", "The request line is too long");
      case null, default -> notHttp();
    };
  }

  static Response.Whole notHttp() {
    return Problems.unreadable(400, "Bad Request", "This is not readable as HTTP/1.1");
  }
}
