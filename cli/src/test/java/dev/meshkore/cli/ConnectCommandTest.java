package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Connecting assistants in projects that have settings already.
@Timeout(60)
final class ConnectCommandTest {
  private static final String HUB = "http://127.0.0.1:4770";
  private static final String KEY = "mk_secret";

  @TempDir Path place;
  private Path project;

  @BeforeEach
  void make() throws IOException {
    project = Files.createDirectories(place.resolve("a project"));
  }

  private Shell.Ended connect(String... more) {
    var arguments = new String[more.length + 3];
    arguments[0] = "connect";
    arguments[1] = "--project";
    arguments[2] = project.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return new Shell(place).typing(KEY + "\n").run(arguments);
  }

  private Shell.Ended connect(Assistant assistant) {
    return connect(assistant.word(), "--url", HUB + "/", "--key", "-");
  }

  private void write(String file, String text) throws IOException {
    var path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String read(String file) throws IOException {
    return Files.readString(project.resolve(file));
  }

  private Map<String, String> tree() throws IOException {
    var tree = new TreeMap<String, String>();
    try (var files = Files.walk(project)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        tree.put(project.relativize(file).toString(), permissions + Files.readString(file));
      }
    }
    return tree;
  }

  private void settings() throws IOException {
    write(".mcp.json", "{\"mcpServers\":{\"other\":{\"command\":\"x\"}}}");
    write(
        ".claude/settings.json",
        "{\r\n\t\"model\": \"opus\",\r\n\t\"hooks\": {\"Stop\": [{\"hooks\": []}]}\r\n}");
    write(".codex/config.toml", "# mine\nmodel = \"gpt\"\n[mcp_servers.other]\ncommand = \"x\"");
    write(".codex/hooks.json", "{ \"hooks\": { } }\n");
    write(".gemini/settings.json", "{\n    // mine\n    \"theme\": \"dark\",\n}\n");
    write(".cursor/mcp.json", "");
    write(".cursor/hooks.json", "{\"version\": 2, \"hooks\": {\"stop\": [{\"command\": \"x\"}]}}");
    Files.setPosixFilePermissions(
        project.resolve(".claude/settings.json"), PosixFilePermissions.fromString("rw-rw----"));
  }

  @ParameterizedTest
  @EnumSource(Assistant.class)
  void removingRestoresEveryByte(Assistant assistant) throws IOException {
    settings();
    var before = tree();
    var connected = connect(assistant);
    assertThat(connected.code()).as(connected.err()).isZero();
    var after = tree();
    assertThat(after).isNotEqualTo(before);
    assertThat(connect(assistant).code()).isZero();
    assertThat(tree()).isEqualTo(after);
    assertThat(connect(assistant.word(), "--remove").code()).isZero();
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void linesThatStayAreNotShown() throws IOException {
    write(
        ".gemini/settings.json",
        """
        {
          "mcpServers": {
            "other": {
              "command": "x"
            }
          },
          "env": {
            "OTHER_KEY": "a secret of theirs"
          },
          "hooks": {
            "AfterAgent": []
          },
          "last": "another secret"
        }
        """);
    var shown = connect(Assistant.GEMINI).out();
    assertThat(shown).contains("/mcp").contains("BeforeAgent").doesNotContain("secret");
  }

  @ParameterizedTest
  @EnumSource(Assistant.class)
  void anEmptyProjectIsEmptyAfterwards(Assistant assistant) throws IOException {
    assertThat(connect(assistant).code()).isZero();
    assertThat(tree().keySet())
        .contains(".meshkore/hook", ".meshkore/token")
        .containsAll(assistant.files());
    assertThat(connect(assistant.word(), "--remove").code()).isZero();
    try (var left = Files.list(project)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Assistant.class)
  void whatOthersChangedSinceStays(Assistant assistant) throws Exception {
    settings();
    connect(assistant);
    for (var file : assistant.files()) {
      var text = read(file);
      write(
          file,
          file.endsWith(".toml")
              ? "fresh = 1\n" + text
              : text.replaceFirst("\\{", "{\"fresh\": 1,"));
    }
    assertThat(connect(assistant).code()).isZero();
    for (var round = 0; round < 2; round++) {
      assertThat(connect(assistant.word(), "--remove").code()).isZero();
      for (var file : assistant.files()) {
        assertThat(read(file)).contains("fresh").doesNotContain("meshkore", HUB);
      }
    }
    assertThat(read(".codex/config.toml")).contains("# mine", "[mcp_servers.other]");
    assertThat(read(".gemini/settings.json")).contains("// mine", "\"theme\": \"dark\"");
    assertThat(read(".cursor/hooks.json")).contains("\"version\": 2", "\"command\": \"x\"");
  }

  @Test
  void theKeyIsInOneFileAlone() throws IOException {
    var shown = new StringBuilder();
    for (var assistant : Assistant.values()) {
      var ended = connect(assistant);
      shown.append(ended.out()).append(ended.err());
    }
    assertThat(shown.toString()).contains("create .meshkore/token").doesNotContain(KEY);
    var holders = tree();
    holders.values().removeIf(content -> !content.contains(KEY));
    assertThat(holders.keySet()).containsExactly(".meshkore/token");
    assertThat(holders.get(".meshkore/token")).startsWith("rw-------");
    assertThat(read(".meshkore/.gitignore")).isEqualTo("*\n");
    connect("claude", "--remove");
    assertThat(tree()).containsKey(".meshkore/token");
  }

  @Test
  void eachAssistantIsGivenWhatItReads() throws Exception {
    for (var assistant : Assistant.values()) {
      connect(assistant);
    }
    var claude = Json.read(read(".mcp.json")).at("/mcpServers/meshkore");
    assertThat(Json.text(claude, "type")).isEqualTo("http");
    assertThat(Json.text(claude, "url")).isEqualTo(HUB + "/mcp");
    assertThat(claude.at("/headers/Authorization").asString())
        .isEqualTo("Bearer ${MESHKORE_TOKEN}");
    var hooks = Json.read(read(".claude/settings.json")).path("hooks");
    assertThat(hooks.at("/Stop/0/hooks/0/url").asString()).isEqualTo(HUB + "/hooks/claude");
    assertThat(hooks.at("/SessionStart/0/hooks/0/type").asString()).isEqualTo("command");
    assertThat(read(".codex/config.toml"))
        .contains("url = \"" + HUB + "/mcp\"", "bearer_token_env_var = \"MESHKORE_TOKEN\"");
    assertThat(Json.read(read(".codex/hooks.json")).at("/hooks/Stop/0/hooks/0/command").asString())
        .isEqualTo("'" + project + "/'.meshkore/hook codex");
    var gemini = Json.read(read(".gemini/settings.json"));
    assertThat(gemini.at("/hooks/BeforeAgent/0/hooks/0/timeout").asInt()).isEqualTo(5_000);
    assertThat(Json.read(read(".cursor/hooks.json")).at("/version").asInt()).isEqualTo(1);
    assertThat(Json.read(read(".cursor/mcp.json")).at("/mcpServers/meshkore/headers").toString())
        .contains("${env:MESHKORE_TOKEN}");
  }

  @Test
  void aRehearsalWritesNothingAndUsesNoInvite() throws Exception {
    settings();
    var before = tree();
    try (var hub = TestHub.open(place.resolve("data"))) {
      var invite = hub.newInvite("one");
      var arguments = new String[] {"claude", "--invite", invite, "--id", "claudia", "--dry-run"};
      var rehearsed = connect(arguments);
      assertThat(rehearsed.code()).as(rehearsed.err()).isZero();
      assertThat(rehearsed.out()).contains("change .mcp.json", "+ ", "Nothing was written");
      assertThat(tree()).isEqualTo(before);
      var done = connect("claude", "--invite", invite, "--id", "claudia", "--json");
      assertThat(done.code()).as(done.err()).isZero();
      assertThat(Json.text(done.json(), "agent_id")).isEqualTo("claudia");
      assertThat(done.json().path("files").size()).isEqualTo(6);
      assertThat(read(".meshkore/token")).startsWith("mk_");
      assertThat(done.out()).doesNotContain(read(".meshkore/token").strip());
      assertThat(answerOfHook(hub, "claude")).isEqualTo("{}");
    }
    assertThat(answerOfHook(null, "claude")).isEmpty();
  }

  @Test
  void theVariablesOfAnAssistantDisturbNoHub() {
    var shell = new Shell(place).with("MESHKORE_TOKEN", KEY).with("MESHKORE_URL", HUB);
    try (var hub = TestHub.open(place.resolve("data"))) {
      var data = place.resolve("data").toString();
      var invited = shell.run("invite", "--url", hub.url(), "--data", data);
      assertThat(invited.code()).as(invited.err()).isZero();
    }
  }

  private String answerOfHook(@Nullable Hub hub, String assistant) throws Exception {
    var builder = new ProcessBuilder(project.resolve(".meshkore/hook").toString(), assistant);
    if (hub != null) {
      builder.environment().put("MESHKORE_URL", hub.url());
    }
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    var process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write("{\"hook_event_name\":\"Stop\"}".getBytes(UTF_8));
    }
    var answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{", "{\"mcpServers\": 1}", "not json", "{\"mcpServers\": {}} }"})
  void aFileThatCannotBeReadIsLeftAloneAndNoInviteIsUsed(String text) throws Exception {
    write(".mcp.json", text);
    var before = tree();
    try (var hub = TestHub.open(place.resolve("data"))) {
      var invite = hub.newInvite("one");
      var ended = connect("claude", "--invite", invite, "--id", "claudia");
      assertThat(ended.code()).isEqualTo(Exit.USER.code());
      assertThat(ended.err()).contains(".mcp.json", "Nothing was written");
      assertThat(tree()).isEqualTo(before);
    }
  }

  @Test
  void aUrlCannotRunAnything() throws Exception {
    var trap = place.resolve("trap");
    var url = "http://127.0.0.1:9/$(touch$IFS" + trap + ")'`touch$IFS" + trap + "`";
    var ended = connect("claude", "--url", url.replace("`", "%60"), "--key", "-");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(answerOfHook(null, "claude")).isEmpty();
    assertThat(trap).doesNotExist();
  }

  @Test
  void misuseIsExplained() {
    assertThat(connect("emacs", "--url", HUB, "--key", "k").code()).isEqualTo(Exit.USER.code());
    assertThat(connect("claude", "--invite", HUB + "/join/x").err()).contains("--id");
    assertThat(connect("claude", "--id", "x", "--url", HUB, "--key", "k").err())
        .contains("--invite");
    assertThat(connect("claude", "--url", HUB, "--key", "a b").err()).contains("no key");
    assertThat(connect("claude").code()).isEqualTo(Exit.AUTH.code());
    assertThat(connect("claude", "--remove").code()).isZero();
  }
}
