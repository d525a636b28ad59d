package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class JsonEditTest {
  private static final List<String> PATH = List.of("servers", "ours");
  private static final JsonNode VALUE = Json.object().put("url", "http://hub/mcp");

  private static JsonEdit edit(String text) throws Json.Unreadable {
    return new JsonEdit(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\n}\n",
        "{\"a\":1}",
        "{\n  \"a\": 1\n}\n",
        "{\r\n\t\"a\": 1,\r\n\t\"servers\": {\r\n\t\t\"b\": {}\r\n\t}\r\n}\r\n",
        "{\n    \"servers\": {\"b\": [1, 2]},\n    \"z\": \"}\\\"{\"\n}",
        "\uFEFF{\"servers\":{\"b\":null}}",
        "{\"a\":{\"ours\":[]},\"z\":{}}"
      })
  void whatIsPutInCanBeTakenOut(String text) throws Exception {
    var with = edit(text).set(PATH, VALUE).text();
    var read = Json.read(with.replace("\uFEFF", ""));
    assertThat(read.at("/servers/ours")).isEqualTo(VALUE);
    assertThat(edit(with).set(PATH, VALUE).text()).isEqualTo(with);
    assertThat(with.contains("\r\n")).isEqualTo(text.contains("\r\n"));
    var without = edit(with).remove(PATH).text();
    assertThat(without.replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
  }

  @Test
  void commentsAndCommasTooManyStay() throws Exception {
    var text =
        """
        {
          // first
          "a": 1, /* a */
          "hooks": {
            "Stop": [
              {"command": "mine"}, // keep
            ],
          }, // last
        }
        """;
    var hook = Json.object().put("command", "ours");
    var with = edit(text).put(List.of("hooks", "Stop"), item -> item.contains("ours"), hook).text();
    assertThat(with.lines()).containsAll(text.lines().toList());
    assertThat(with).contains("\"command\": \"ours\"");
    assertThat(edit(with).put(List.of("hooks", "Stop"), item -> item.contains("ours"), hook).text())
        .isEqualTo(with);
    var without = edit(with).remove(List.of("hooks", "Stop"), item -> item.contains("ours"));
    assertThat(without.text().replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
  }

  @Test
  void aCommentBehindTheLastMemberStaysBehindIt() throws Exception {
    var text = "{\n  \"a\": 1 // one\n}\n";
    var with = edit(text).set(List.of("b"), Json.array().add(2)).text();
    assertThat(with).isEqualTo("{\n  \"a\": 1, // one\n  \"b\": [2]\n}\n");
    assertThat(edit(with).remove(List.of("b")).text()).isEqualTo(text);
  }

  @Test
  void theOthersOfAListStay() throws Exception {
    var text = "{\"hooks\":{\"Stop\":[{\"x\":1},{\"ours\":1},{\"y\":2}]}}";
    var without = edit(text).remove(List.of("hooks", "Stop"), item -> item.contains("ours")).text();
    assertThat(without).isEqualTo("{\"hooks\":{\"Stop\":[{\"x\":1},{\"y\":2}]}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"a\"}",
        "{\"a\":1} x",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":}",
        "{\"servers\":[]}",
        "{\"servers\":{\"a\":\"\\q\"}}",
        "/* {}",
        "{,}"
      })
  void whatCannotBeReadIsLeftAlone(String text) {
    assertThatThrownBy(() -> edit(text).set(PATH, VALUE)).isInstanceOf(Json.Unreadable.class);
  }

  @Test
  void anyTextIsEditedOrRefused() {
    var random = new SplittableRandom(7);
    var pieces = "{}[]:,\"a\"1 \n//*/\\null\u00e9";
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder();
      for (var i = random.nextInt(14); i > 0; i--) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      try {
        var with = edit("{\"k\":" + text + "}").set(PATH, VALUE).text();
        assertThat(edit(with).set(PATH, VALUE).text()).as(with).isEqualTo(with);
      } catch (Json.Unreadable e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void aTableOfTomlGoesToTheEndAndAway() throws Exception {
    for (var text : List.of("", "model = \"x\"\n", "a = 1\r\n[mcp_servers.other]\r\nurl = 1\r\n")) {
      var with = TomlEdit.with(text, "mcp_servers", "meshkore", "url = \"u\"\n");
      assertThat(with).startsWith(text).contains("[mcp_servers.meshkore]");
      assertThat(TomlEdit.with(with, "mcp_servers", "meshkore", "url = \"u\"\n")).isEqualTo(with);
      assertThat(TomlEdit.without(with)).isEqualTo(text);
    }
    for (var text :
        List.of(
            "[mcp_servers.meshkore]\n",
            "[ mcp_servers . \"meshkore\" ]\n",
            "mcp_servers = { }\n",
            "mcp_servers.meshkore.url = 1\n",
            "[mcp_servers.meshkore.env]\n")) {
      assertThatThrownBy(() -> TomlEdit.with(text, "mcp_servers", "meshkore", "url = 1\n"))
          .isInstanceOf(Json.Unreadable.class);
    }
  }
}
