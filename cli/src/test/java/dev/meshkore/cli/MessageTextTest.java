package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MessageTextTest {
  private final Surroundings here = new Shell(Path.of("/")).surroundings(System.out, System.err);

  @Test
  void showsATextAsText() throws Json.Unreadable {
    var message = Json.read("{\"from\":\"alice\",\"id\":\"k1\",\"payload\":{\"text\":\"a\\nb\"}}");

    assertThat(MessageText.of(here, message)).startsWith("alice").endsWith("\n  a\n  b");
  }

  @Test
  void showsAnythingElseAsJson() throws Json.Unreadable {
    var message = Json.read("{\"from\":\"alice\",\"id\":\"k1\",\"payload\":[1,{\"a\":null}]}");

    assertThat(MessageText.of(here, message)).contains("\"a\"", "null");
  }

  @Test
  void anotherAgentCannotSteerTheTerminal() throws Json.Unreadable {
    var message =
        Json.read("{\"from\":\"alice\",\"payload\":{\"text\":\"\\u001b[2Jgone\\u202e\"}}");

    assertThat(MessageText.of(here, message))
        .contains("\\u001b[2Jgone\\u202e")
        .doesNotContain("\u001b", "\u202e");
  }
}
