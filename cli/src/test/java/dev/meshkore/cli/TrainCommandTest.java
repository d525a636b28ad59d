package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TrainCommandTest {
  @TempDir Path home;

  @Test
  void usesAHubOfItsOwnWhateverTheSettings() throws Json.Unreadable {
    var ended = new Shell(home).with("MESHKORE_PORT", "many").run("train", "--json");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.json().path("messages").asInt()).isEqualTo(20);
  }
}
