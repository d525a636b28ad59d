package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows who sends to whom, as it happens.
@Command(
    name = "tail",
    description = "Show who sends to whom as it happens; never what is in the messages.")
final class TailCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(
      names = "--count",
      paramLabel = "COUNT",
      defaultValue = "0",
      description = "End after so many messages (default: never).")
  long count;

  TailCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = admin.client(here)) {
      var shown = new long[1];
      client.stream(
          "/traffic",
          () -> note("Watching " + client.hub() + "; stop with Ctrl-C."),
          event -> {
            here.out().println(common.json ? Json.line(event) : line(event));
            here.out().flush();
            shown[0]++;
            return count == 0 || shown[0] < count;
          });
    }
    return Exit.OK.code();
  }

  private void note(String text) {
    if (!common.json) {
      here.err().println(here.dim(text));
    }
  }

  private String line(JsonNode event) {
    return here.dim(Json.text(event, "at")) + "  " + route(here, event);
  }

  static String route(Surroundings here, JsonNode event) {
    var to =
        event.has("channel")
            ? "#" + Json.text(event, "channel") + " (" + Json.text(event, "recipients") + ")"
            : Json.text(event, "to");
    return here.bold(Json.text(event, "from"))
        + " → "
        + here.bold(to)
        + "  "
        + MessageText.clean(Json.text(event, "id"))
        + here.dim("  " + Json.text(event, "bytes") + " bytes");
  }
}
