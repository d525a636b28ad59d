package dev.meshkore.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What strangers wrote never becomes part of a page, and no page runs anything, is framed, or is
/// taken for what it is not.
final class HostilePagesTest {
  private static final String MARKUP = "<img src=x onerror=alert(1)>\"'><script>evil()</script>";

  @Test
  void noPageTakesMarkupFromStrangersAndNoneIsFramed() throws IOException {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller admin = Caller.admin(hub);
      String quoted = "\"" + MARKUP.replace("\"", "\\\"") + "\"";
      alice.call(200, "PATCH", "/profile", "{\"description\":" + quoted + "}");
      alice.post(201, "/channels", "{\"channel_id\":\"room\",\"description\":" + quoted + "}");
      alice.post(201, "/send", "{\"to\":\"alice\",\"payload\":" + quoted + "}");
      admin.post(201, "/owners", "{\"name\":" + quoted + "}");
      String invite =
          admin.post(201, "/invites", "{\"label\":" + quoted + "}").get("url").asString();
      String encoded = URLEncoder.encode(MARKUP, StandardCharsets.UTF_8);
      for (String path :
          List.of(
              "/",
              "/docs",
              "/problems",
              "/problems/busy",
              "/problems/" + encoded,
              "/docs?q=" + encoded,
              "/?" + encoded,
              "/" + encoded,
              "/join/" + encoded,
              invite.substring(invite.indexOf("/join/")),
              "/agents/" + encoded + "/did.json",
              "/context")) {
        for (String host : List.of("localhost", "\"><script>evil()</script>", "evil.example")) {
          assertHarmless(path, answer(hub, path, host));
        }
      }
    }
  }

  private static void assertHarmless(String path, String answer) {
    String head =
        answer
            .substring(0, Math.max(0, answer.indexOf("\r\n\r\n")))
            .toLowerCase(java.util.Locale.ROOT);
    assertThat(answer).as(path).startsWith("HTTP/1.1 ");
    if (head.contains("content-type: text/html")) {
      assertThat(head)
          .as(path)
          .contains("content-security-policy: default-src 'none'", "frame-ancestors 'none'")
          .contains("form-action 'none'", "base-uri 'none'", "x-content-type-options: nosniff")
          .doesNotContain("script-src", "'unsafe-eval'");
      assertThat(answer).as(path).doesNotContain("<script", "<img src=x", "evil.example");
    } else {
      assertThat(head).as(path).contains("x-content-type-options: nosniff");
      assertThat(head).as(path).doesNotContain("evil");
    }
  }

  private static String answer(TestHub hub, String path, String host) throws IOException {
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), hub.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
