package dev.meshkore.hub.outbound;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A request that goes out.
///
/// @param method `GET` or `POST`
/// @param url where it goes
/// @param headers what it carries besides the client's own headers
/// @param body what it brings
record Call(String method, URI url, Map<String, String> headers, byte[] body) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e\\t ]{0,8000}");
  private static final Set<String> OWN =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "cookie",
          "expect",
          "host",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  /// False where a header would break out of its line, or replace one of the client's own.
  boolean isSendable() {
    return headers.entrySet().stream()
        .allMatch(header ->
            NAME.matcher(header.getKey()).matches()
                && !OWN.contains(header.getKey().toLowerCase(Locale.ROOT))
                && VALUE.matcher(header.getValue()).matches());
  }

  /// The request as it is written.
  byte[] bytes(Target target) {
    var head = new StringBuilder(512);
    head.append(method).append(' ').append(target.path()).append(" HTTP/1.1\r\n");
    line(head, "Host", target.authority());
    line(head, "User-Agent", "meshkore");
    line(head, "Accept-Encoding", "identity");
    line(head, "Connection", "close");
    if (method.equals("POST")) {
      line(head, "Content-Length", Integer.toString(body.length));
    }
    headers.forEach((name, value) -> line(head, name, value));
    byte[] written = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(written, written.length + body.length);
    System.arraycopy(body, 0, all, written.length, body.length);
    return all;
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
