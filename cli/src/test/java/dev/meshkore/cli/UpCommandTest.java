package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class UpCommandTest {
  @TempDir Path place;

  @Test
  void saysInOneLineOfJsonHowToUseTheHub() throws Exception {
    var data = place.resolve("data").toString();

    try (var up =
        LiveCommand.start(new Shell(place), "up", "--json", "--port", "0", "--data", data)) {
      var said = Json.read(up.line());

      assertThat(said.propertyNames())
          .contains("url", "data", "invite_url", "admin_key_file", "open");
      assertThat(said.path("open").asBoolean()).isFalse();
      assertThat(Files.readString(Path.of(Json.text(said, "admin_key_file")))).startsWith("mka_");
      try (var client = new HubClient(URI.create(Json.text(said, "url")), null)) {
        assertThat(client.exchange("/health").statusCode()).isEqualTo(200);
      }
      var joined = new Shell(place).run("join", Json.text(said, "invite_url"), "--agent", "alice");
      assertThat(joined.code()).as(joined.err()).isZero();
    }
  }

  @Test
  void saysInWordsWhatToPaste() throws Exception {
    var data = place.resolve("data").toString();

    try (var up = LiveCommand.start(new Shell(place), "up", "--port", "0", "--data", data)) {
      assertThat(up.line()).contains("MeshKore listens on http://127.0.0.1:");
      assertThat(up.line()).contains(data);
      assertThat(up.line()).contains("fsync takes");
      var rest = new ArrayList<String>();
      while (rest.isEmpty() || !rest.getLast().contains("With curl:")) {
        rest.add(up.line());
      }
      rest.add(up.line());
      assertThat(rest).anySatisfy(line -> assertThat(line).contains("curl -s", "/join/"));
    }
  }

  @Test
  void allMistakesInSettingsAreToldAtOnce() throws Exception {
    var ended =
        new Shell(place)
            .with("MESHKORE_NO_SUCH", "1")
            .run("up", "--prot", "80", "--port", "many", "--json");

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.out()).isEmpty();
    assertThat(ended.problem().path("mistakes").size()).isEqualTo(3);
    assertThat(ended.err()).contains("prot", "port", "many");
    assertThat(ended.err().toLowerCase(Locale.ROOT).replace('-', '_')).contains("no_such");
  }

  @Test
  void variablesOfTheCommandLineAreNoSettings() {
    var ended =
        new Shell(place)
            .with("MESHKORE_HOME", place.toString())
            .with("MESHKORE_JAVA", "/jdk")
            .run("up", "--port", "many");

    assertThat(ended.err()).contains("One setting is wrong").doesNotContain("HOME");
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = String.valueOf(other.getLocalPort());

      var ended =
          new Shell(place).run("up", "--port", port, "--data", place.resolve("data").toString());

      assertThat(ended.code()).isEqualTo(Exit.OTHER.code());
      assertThat(ended.err()).contains("The hub cannot start", port);
    }
  }

  @Test
  void unknownOptionsKeepTheirNames() {
    var options = UpCommand.unknown(List.of("--prot", "80", "--quick", "--data-dir=x", "-v"));

    assertThat(options)
        .containsEntry("prot", "80")
        .containsEntry("quick", "true")
        .containsEntry("data-dir", "x")
        .containsEntry("v", "true");
  }
}
