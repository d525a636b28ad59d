package dev.meshkore.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Holds `docs/operate/configuration.md` equal to the settings; `-Dupdate=true` writes it anew.
final class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/operate/configuration.md");

  @Test
  void thePageSaysWhatTheSettingsAre() throws IOException {
    String wanted = page();
    if (Boolean.getBoolean("update")) {
      Files.writeString(PAGE, wanted);
    }

    assertThat(PAGE).hasContent(wanted);
  }

  private static String page() {
    var page =
        new StringBuilder(
            """
            # Settings

            Each can be an option (`./meshkore up --port 4770`), a variable (`MESHKORE_PORT=4770`)
            or a line in the file that `--config` names (`port=4770`); the first of these wins.
            Unknown names and wrong values are all told at once. This page is made from the code.

            | option | variable | default | what it is |
            |---|---|---|---|
            """);
    for (HubConfig.Setting setting : HubConfig.settings()) {
      String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
      page.append(
          "| `--%s` | `%s` | %s | %s |\n"
              .formatted(setting.name(), setting.variable(), fallback, setting.description()));
    }
    return page.toString();
  }
}
