package dev.meshkore.cli;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/// Starts a hub, and says how to use it.
@Command(
    name = "up",
    description = "Start a hub and say how to use it. It stops with Ctrl-C.",
    sortOptions = false,
    footer = {
      "",
      "Every setting can also be given as an environment variable (MESHKORE_PORT for --port),",
      "or as a line of the file named by --config (port = 4770)."
    })
final class UpCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private UpCommand(Surroundings here) {
    this.here = here;
  }

  /// The command with an option for each of the hub's settings.
  static CommandLine line(Surroundings here) {
    var line = new CommandLine(new UpCommand(here));
    for (var setting : LocalHub.settings()) {
      line.getCommandSpec().addOption(option(setting));
    }
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("--config")
                .type(String.class)
                .arity("1")
                .paramLabel("FILE")
                .description("A file with settings, one to a line.")
                .build());
    // What is not known is handed to the hub's own reader, which tells of all mistakes at once.
    line.setUnmatchedArgumentsAllowed(true);
    return line;
  }

  private static OptionSpec option(HubConfig.Setting setting) {
    var description = setting.description().replace("%", "%%");
    var fallback = setting.fallback();
    var isSwitch = "true".equals(fallback) || "false".equals(fallback);
    var option =
        OptionSpec.builder("--" + setting.name())
            .type(String.class)
            .arity(isSwitch ? "0..1" : "1")
            .paramLabel(isSwitch ? "true|false" : "VALUE")
            .description(fallback.isEmpty() ? description : description + " (" + fallback + ")");
    return (isSwitch ? option.fallbackValue("true") : option).build();
  }

  @Override
  public Integer call() throws Exception {
    var config = LocalHub.read(here, given());
    var hub = LocalHub.open(here, config);
    var stop = new Thread(hub::close, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      announce(hub, config);
      hub.awaitStop();
    } finally {
      if (isWithdrawn(stop)) {
        hub.close();
      }
    }
    return Exit.OK.code();
  }

  /// Whether the hub is still to be closed here; when the process is ending, its hook does it.
  private static boolean isWithdrawn(Thread stop) {
    try {
      return Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void announce(Hub hub, HubConfig config) {
    var welcome =
        new Welcome(
            hub.url(),
            LocalHub.dataOf(config),
            hub.newInvite("first"),
            hub.fsync(),
            config.open().isOpen());
    if (common.json) {
      here.out().println(Json.line(welcome.json(config)));
    } else {
      welcome.lines(here).forEach(here.out()::println);
    }
    here.out().flush();
  }

  /// The options given, known or not, by name.
  private Map<String, String> given() {
    var options = new LinkedHashMap<String, String>();
    for (var option : spec.options()) {
      if (option.type().equals(String.class) && option.getValue() instanceof String value) {
        options.put(option.longestName().substring(2), value);
      }
    }
    options.putAll(unknown(spec.commandLine().getUnmatchedArguments()));
    return options;
  }

  static Map<String, String> unknown(List<String> arguments) {
    var options = new LinkedHashMap<String, String>();
    for (var position = 0; position < arguments.size(); position++) {
      var argument = arguments.get(position);
      var name = argument.replaceFirst("^--?", "");
      var equals = name.indexOf('=');
      if (equals >= 0) {
        options.put(name.substring(0, equals), name.substring(equals + 1));
      } else if (position + 1 < arguments.size() && !arguments.get(position + 1).startsWith("-")) {
        position++;
        options.put(name, arguments.get(position));
      } else {
        options.put(name, "true");
      }
    }
    return options;
  }
}
