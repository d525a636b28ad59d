package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/// Answers bytes that are no request, and ends the connection. The answer is written on the channel
/// itself: what could not be read has no version, and the server would take it for HTTP/1.0, while
/// an answer carries the version of who gives it (RFC 9110 section 2.5).
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

  static void write(Channel channel, Response.Whole whole, String date) {
    var answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(whole.status()),
            Unpooled.wrappedBuffer(whole.body()));
    whole.headers().forEach((name, value) -> answer.headers().set(name, value));
    answer.headers().set("Date", date).set("Connection", "close");
    answer.headers().set("Content-Length", whole.body().length);
    var _ = channel.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }
}
