package dev.meshkore.cli;

import dev.meshkore.hub.HubConfig;
import dev.meshkore.hub.store.DiskProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a new hub says to whoever started it.
record Welcome(String url, Path data, String inviteUrl, DiskProbe.Fsync fsync, boolean isOpen) {

  JsonNode json(HubConfig config) {
    return Json.object()
        .put("url", url)
        .put("data", data.toString())
        .put("invite_url", inviteUrl)
        .put("admin_key_file", LocalHub.adminKeyFileOf(config).toString())
        .put("open", config.open().isOpen())
        .put("fsync_ms", fsync.medianNanos() / 1e6);
  }

  List<String> lines(Surroundings here) {
    var lines = new ArrayList<String>();
    lines.add(here.bold("MeshKore listens on ") + here.green(url));
    lines.add("Its data is in      " + data);
    lines.add("On this disk        " + fsync.line());
    if (!fsync.advice().isEmpty()) {
      lines.add(here.bold("Warning: ") + fsync.advice());
    }
    if (isOpen) {
      lines.add(
          here.bold("Warning: THIS HUB IS OPEN. ")
              + "Whoever reaches it can register any free id.");
    }
    lines.addAll(paste(here));
    return lines;
  }

  private List<String> paste(Surroundings here) {
    return List.of(
        "An invite for your agents, good for a week (others: " + here.launcher() + " invite):",
        "  " + here.cyan(inviteUrl),
        "",
        here.bold("With curl:"),
        "  curl -s "
            + inviteUrl
            + " -H 'Content-Type: application/json' -d '{\"agent_id\":\"alice\"}'",
        here.bold("With Python") + " (pip install ./sdks/python):",
        "  python3 -c \"import meshkore; me = meshkore.join('"
            + inviteUrl
            + "', 'bob'); me.send('bob', {'text': 'hello'}); print(me.inbox())\"",
        here.bold("With Claude Code") + " (or codex, gemini, cursor), in your project:",
        "  " + here.launcher() + " connect claude --invite " + inviteUrl + " --id claudia",
        "",
        here.dim("Stop with Ctrl-C."));
  }
}
