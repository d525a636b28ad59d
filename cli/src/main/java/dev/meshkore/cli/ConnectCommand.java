package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.cli.Connection.Change;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Connects a coding assistant in a project to a hub, or takes the connection away.
@Command(
    name = "connect",
    description = "Connect Claude Code, Codex, Gemini CLI or Cursor in a project to a hub.",
    footer = {
      "",
      "It shows what it writes. Other settings in the same files stay as they are, byte for byte;",
      "--remove takes ours away again. The key goes to .meshkore/token, readable by you alone."
    })
final class ConnectCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions agent = new AgentOptions();

  @Parameters(
      index = "0",
      paramLabel = "ASSISTANT",
      description = "claude, codex, gemini or cursor.")
  String assistant = "";

  @Option(
      names = "--project",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "The project to connect (default: here).")
  Path project = Path.of(".");

  @Option(
      names = "--invite",
      paramLabel = "URL",
      description = "Join with this invite, as the agent of --id.")
  @Nullable String invite;

  @Option(names = "--id", paramLabel = "ID", description = "The agent id to have, with --invite.")
  @Nullable String id;

  @Option(names = "--dry-run", description = "Show what would be written, and write nothing.")
  boolean dryRun;

  @Option(names = "--remove", description = "Take the connection away.")
  boolean remove;

  ConnectCommand(Surroundings here) {
    this.here = here;
  }

  /// As whom an assistant connects, and where; no key while it is only rehearsed.
  private record Identity(URI hub, String agentId, @Nullable String key) {}

  @Override
  public Integer call() {
    var chosen = chosen();
    var folder = project.toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(
          Exit.USER, "There is no such folder", folder.toString(), "Give one with --project.");
    }
    var connection = new Connection(folder, chosen);
    if (remove) {
      finish(connection, connection.planRemoval(), chosen, folder, null);
      return Exit.OK.code();
    }
    var rehearsed = rehearsed();
    if (dryRun) {
      finish(connection, connection.plan(rehearsed.hub(), null), chosen, folder, rehearsed);
      return Exit.OK.code();
    }
    // Found out before an invite is used up: whether every file can be changed.
    connection.plan(rehearsed.hub(), null);
    var identity = invite == null ? rehearsed : joined();
    var changes = connection.plan(identity.hub(), identity.key());
    finish(connection, changes, chosen, folder, identity);
    return Exit.OK.code();
  }

  private Assistant chosen() {
    return Arrays.stream(Assistant.values())
        .filter(one -> one.word().equals(assistant))
        .findFirst()
        .orElseThrow(() ->
            new CommandFailed(
                Exit.USER,
                "There is no assistant '" + assistant + "'",
                "",
                "Give one of claude, codex, gemini, cursor."));
  }

  private Identity rehearsed() {
    if (invite == null) {
      if (id != null) {
        throw new CommandFailed(
            Exit.USER, "--id goes with --invite", "", "Give the invite URL, or leave --id away.");
      }
      var profile = agent.resolve(here);
      return new Identity(plain(profile.hub()), profile.agentId(), line(profile.apiKey()));
    }
    if (id == null) {
      throw new CommandFailed(
          Exit.USER, "--invite needs --id", "", "Give the agent id to have: --id my-agent.");
    }
    return new Identity(HubAddress.ofInvite(HubAddress.read(invite)), id, null);
  }

  private static URI plain(URI hub) {
    return URI.create(hub.toString().replaceFirst("/+$", ""));
  }

  /// A key is one line of visible characters, or it is something else.
  private static String line(String key) {
    if (!key.matches("[\\x21-\\x7E]{1,4096}")) {
      throw new CommandFailed(
          Exit.USER, "That is no key", "", "Give an API key or token in one line.");
    }
    return key;
  }

  private Identity joined() {
    var address = HubAddress.read(String.valueOf(invite));
    var hub = HubAddress.ofInvite(address);
    try (var client = new HubClient(hub, null)) {
      var path = address.toString().substring(hub.toString().length());
      var answer = client.post(path, Json.object().put("agent_id", id));
      return new Identity(hub, Json.text(answer, "agent_id"), Json.text(answer, "api_key"));
    }
  }

  private void finish(
      Connection connection,
      List<Change> changes,
      Assistant chosen,
      Path folder,
      @Nullable Identity identity) {
    if (!common.json) {
      changes.forEach(this::show);
    }
    if (!dryRun) {
      connection.apply(changes);
    }
    if (common.json) {
      here.out().println(Json.line(summary(changes, chosen, folder, identity)));
    } else {
      conclude(chosen, folder, identity);
    }
  }

  private void conclude(Assistant chosen, Path folder, @Nullable Identity identity) {
    var out = here.out();
    if (dryRun) {
      out.println("Nothing was written.");
    } else if (identity == null) {
      out.println("Disconnected. The agent and its mail stay at the hub.");
    } else {
      var who = identity.agentId().isEmpty() ? "" : " as " + here.bold(identity.agentId());
      out.println("Connected to " + identity.hub() + who + ". Next, in " + folder + ":");
      out.println("  export MESHKORE_TOKEN=$(cat " + Connection.FOLDER + "/token)");
      out.println("  " + chosen.next());
    }
  }

  private JsonNode summary(
      List<Change> changes, Assistant chosen, Path folder, @Nullable Identity identity) {
    var summary = Json.object().put("assistant", chosen.word()).put("project", folder.toString());
    if (identity != null) {
      summary.put("url", identity.hub().toString()).put("agent_id", identity.agentId());
    }
    summary.put("dry_run", dryRun);
    var files = summary.putArray("files");
    for (var change : changes) {
      files.addObject().put("path", change.file()).put("action", change.action());
    }
    return summary;
  }

  /// Shows what becomes of a file, but never a secret of ours, nor a line that stays as it is.
  private void show(Change change) {
    var out = here.out();
    out.println(here.bold(change.action()) + " " + change.file());
    if (change.isSecret() || List.of("keep", "delete").contains(change.action())) {
      return;
    }
    for (var line : LineChanges.between(lines(change.before()), lines(change.after()))) {
      var text = (line.isAdded() ? "  + " : "  - ") + MessageText.clean(line.text());
      out.println(line.isAdded() ? here.green(text) : here.dim(text));
    }
  }

  private static List<String> lines(byte @Nullable [] bytes) {
    return bytes == null ? List.of() : new String(bytes, UTF_8).lines().toList();
  }
}
