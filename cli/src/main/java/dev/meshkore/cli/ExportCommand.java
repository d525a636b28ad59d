package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Writes a bundle of the audit log.
@Command(
    name = "export",
    description =
        "Write what the audit log has of an agent, or of all with the admin key, to a file that"
            + " `verify` checks without the hub.")
final class ExportCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions agent = new AgentOptions();

  @Parameters(index = "0", paramLabel = "FILE", description = "The file to make.")
  Path file = Path.of("");

  @Option(
      names = "--earlier",
      paramLabel = "SIZE",
      defaultValue = "0",
      description = "Also prove that the log begins with the head of this size.")
  long earlier;

  @Option(
      names = "--witnesses",
      paramLabel = "N",
      defaultValue = "0",
      description = "Take the newest head that at least so many witnesses have signed.")
  int witnesses;

  @Option(
      names = "--admin-key-file",
      paramLabel = "FILE",
      defaultValue = "",
      description = "Export all leaves, with the admin key in this file; needs --url.")
  String adminKeyFile = "";

  ExportCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = client();
        var out = open()) {
      var end = write(client, out);
      if (common.json) {
        here.out().println(Json.line(end));
      } else {
        here.out().println("Wrote " + end.path("leaves").asLong() + " leaves to " + file + ".");
      }
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.USER, "The file cannot be written", Causes.of(e), "Choose another name.");
    }
    return Exit.OK.code();
  }

  private HubClient client() throws IOException {
    var url = agent.url;
    if (adminKeyFile.isEmpty()) {
      return agent.client(here);
    }
    if (url == null) {
      throw new CommandFailed(
          Exit.USER, "The hub is not named", "--admin-key-file needs --url", "Give the hub's URL.");
    }
    var key = Files.readString(Path.of(adminKeyFile)).strip();
    return new HubClient(HubAddress.read(url), key);
  }

  /// What an agent exports holds its messages, so only its owner may read the file.
  private BufferedWriter open() throws IOException {
    var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.createFile(file, mine);
    return Files.newBufferedWriter(file, UTF_8, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /// Puts the parts together that the hub answers: the first one's head, all leaves, and one end.
  private JsonNode write(HubClient client, BufferedWriter out) throws IOException {
    var from = 0L;
    var size = "&witnesses=" + witnesses;
    var leaves = 0L;
    while (true) {
      var path = "/audit/export?from=" + from + size + (from == 0 ? "&earlier=" + earlier : "");
      var lines = client.lines(path);
      var end = read(lines.getLast());
      var head = read(lines.getFirst());
      if (head.path("from").asLong(-1) != from) {
        throw hole(from);
      }
      if (from == 0) {
        out.write(lines.getFirst() + "\n");
        size = "&size=" + head.path("size").asLong();
      }
      for (var line : lines.subList(1, lines.size() - 1)) {
        out.write(line + "\n");
      }
      leaves += end.path("leaves").asLong();
      if (!end.path("next").isNumber()) {
        var last = Json.object().put("leaves", leaves);
        out.write(Json.line(last.putNull("next")) + "\n");
        return last;
      }
      if (end.path("next").asLong() <= from) {
        throw hole(from);
      }
      from = end.path("next").asLong();
    }
  }

  private static CommandFailed hole(long from) {
    return new CommandFailed(
        Exit.OTHER,
        "The bundle has a hole",
        "The hub does not go on with the leaves from " + from + " on",
        "Ask its operator; the file proves only what it shows.");
  }

  private static JsonNode read(String line) {
    try {
      return Json.read(line);
    } catch (Json.Unreadable e) {
      throw new CommandFailed(
          Exit.OTHER, "The answer is no bundle", String.valueOf(e.getMessage()), "");
    }
  }
}
