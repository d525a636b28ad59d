package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HelpTest {
  @TempDir Path home;

  static Stream<String> commands() {
    return Meshkore.commandLine(new Shell(Path.of("/")).surroundings(System.out, System.err))
        .getSubcommands()
        .keySet()
        .stream()
        .filter(command -> !command.equals("bench"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(String command) {
    var ended = new Shell(home).run(command, "--help");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("Usage: meshkore " + command).contains("--help");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsDescribed(String command) {
    var line = Meshkore.commandLine(new Shell(home).surroundings(System.out, System.err));
    var spec = Objects.requireNonNull(line.getSubcommands().get(command)).getCommandSpec();

    assertThat(spec.usageMessage().description()).isNotEmpty();
    assertThat(spec.options()).allSatisfy(option -> assertThat(option.description()).isNotEmpty());
  }

  @Test
  void upOffersEverySettingOfTheHub() {
    var help = new Shell(home).run("up", "--help").out();

    assertThat(LocalHub.settings())
        .isNotEmpty()
        .allSatisfy(setting -> assertThat(help).contains("--" + setting.name()));
  }

  @Test
  void theCommandAloneShowsWhatThereIs() {
    var ended = new Shell(home).run();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("up", "invite", "join", "doctor", "Exit codes");
    assertThat(ended.out()).doesNotContain("train").doesNotContain("demo-agent");
  }

  @Test
  void aMisspeltCommandIsAUserErrorWithASuggestion() {
    var ended = new Shell(home).run("inbx");

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.err()).contains("'inbx'", "inbox");
  }

  @Test
  void misuseIsAProblemInJsonWhenAsked() throws Json.Unreadable {
    var ended = new Shell(home).run("send", "--json");

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.out()).isEmpty();
    assertThat(ended.problem().path("exit").asInt()).isEqualTo(1);
    assertThat(Json.text(ended.problem(), "detail")).contains("TO");
  }

  @Test
  void coloursAreForTerminalsThatWantThem() {
    var plain = new Shell(home).run("--help").out();

    assertThat(plain).doesNotContain("\u001b");
    assertThat(onTerminal(new Shell(home)).bold("x")).contains("\u001b");
    assertThat(onTerminal(new Shell(home).with("NO_COLOR", "1")).bold("x")).isEqualTo("x");
    assertThat(onTerminal(new Shell(home).with("TERM", "dumb")).bold("x")).isEqualTo("x");
  }

  private static Surroundings onTerminal(Shell shell) {
    var here = shell.surroundings(System.out, System.err);
    return new Surroundings(
        here.out(), here.err(), here.in(), here.environment(), here.clock(), true, null);
  }
}
