package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Names that look like paths lead nowhere: the hub reads and writes the files that it was told of
/// at its start, and no name that a stranger chooses becomes part of one.
final class PathsTest {
  private static final List<String> NAMES =
      List.of(
          "..",
          "../admin.key",
          "../../etc/passwd",
          "..%2fadmin.key",
          "..%5cadmin.key",
          "%2e%2e%2fadmin.key",
          "%252e%252e%252fadmin.key",
          "/etc/passwd",
          "%2fetc%2fpasswd",
          "....//admin.key",
          "admin.key%00.html",
          "C:%5cwindows%5cwin.ini",
          "file:%2f%2f%2fetc%2fpasswd");

  /// What the index of meanings makes by itself, at any time; its names are nobody's choice.
  private static final Pattern INDEX =
      Pattern.compile(
          "meaning(/(agents|services)"
              + "(/[0-9a-f-]{36}(/(model|whole|index(/[A-Za-z0-9_.]+)?))?)?)?");

  @Test
  void noPathLeadsOutOfWhatIsServed() throws IOException {
    try (TestHub hub = TestHub.start(Map.of("search", "false"))) {
      Set<String> before = files(hub.data());
      var raw = new RawHttp(hub.port());
      for (String under :
          List.of(
              "/",
              "/docs/",
              "/problems/",
              "/join/",
              "/.well-known/",
              "/audit/tile/0/",
              "/audit/tile/",
              "/agents/",
              "/hooks/")) {
        for (String name : NAMES) {
          String request =
              "GET " + under + name + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
          byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
          RawHttp.Answer answer = raw.send(new RawHttp.Question(bytes, true));
          assertThat(answer.status()).as(request).isBetween(400, 499);
          assertThat(answer.body()).doesNotContain(hub.adminKey(), "root:");
        }
      }
      assertThat(files(hub.data())).isEqualTo(before);
    }
  }

  @Test
  void noNameThatSomebodyChoosesBecomesAFile() throws IOException {
    try (TestHub hub = TestHub.start(Map.of("search", "false"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller admin = Caller.admin(hub);
      Set<String> before = files(hub.data());
      Set<String> around = files(hub.data().resolveSibling(hub.data().getFileName() + "-none"));
      var json = new JsonMapper();
      for (String name : NAMES) {
        String quoted = json.writeValueAsString(name);
        String id = "{\"agent_id\":" + quoted + "}";
        assertThat(admin.exchange("POST", path(hub.invite()), id).statusCode()).isEqualTo(400);
        assertThat(
                alice.exchange("POST", "/channels", "{\"channel_id\":" + quoted + "}").statusCode())
            .isEqualTo(400);
        alice.exchange("POST", "/send", "{\"to\":\"alice\",\"id\":" + quoted + ",\"payload\":1}");
        alice.exchange(
            "POST", "/send", "{\"to\":\"alice\",\"thread\":" + quoted + ",\"payload\":1}");
        alice.call(200, "PATCH", "/profile", "{\"description\":" + quoted + "}");
        admin.post(201, "/invites", "{\"label\":" + quoted + "}");
        admin.post(201, "/owners", "{\"name\":" + quoted + "}");
      }
      assertThat(files(hub.data())).isEqualTo(before);
      assertThat(around).isEmpty();
    }
  }

  private static String path(String url) {
    return url.substring(url.indexOf("/join/"));
  }

  private static Set<String> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !INDEX.matcher(folder.relativize(path).toString()).matches())
          .map(Path::toString)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
