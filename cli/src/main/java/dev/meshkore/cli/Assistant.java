package dev.meshkore.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The assistants that can be connected, and what each has in its files of a project.
enum Assistant {
  CLAUDE,
  CODEX,
  GEMINI,
  CURSOR;

  private static final String SERVER = "meshkore";
  private static final String BEARER = "Bearer ${MESHKORE_TOKEN}";
  private static final int SECONDS = 5;

  /// Its name on the command line and in the hub's paths.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The files it reads, within a project.
  List<String> files() {
    return switch (this) {
      case CLAUDE -> List.of(".mcp.json", ".claude/settings.json");
      case CODEX -> List.of(".codex/config.toml", ".codex/hooks.json");
      case GEMINI -> List.of(".gemini/settings.json");
      case CURSOR -> List.of(".cursor/mcp.json", ".cursor/hooks.json");
    };
  }

  /// A file with the links to a hub.
  ///
  /// @param before the file's text, empty where there is none
  String connected(String file, String before, URI hub, Path project) throws Json.Unreadable {
    if (file.endsWith(".toml")) {
      var lines = "url = " + quoted(hub + "/mcp") + "\nbearer_token_env_var = \"MESHKORE_TOKEN\"\n";
      return TomlEdit.with(before, "mcp_servers", SERVER, lines);
    }
    var edit = new JsonEdit(before);
    if (holdsServers(file)) {
      edit.set(List.of("mcpServers", SERVER), server(hub));
    }
    if (this == CURSOR && file.endsWith("hooks.json")) {
      edit.setDefault("version", Json.array().add(1).get(0));
    }
    for (var hook : hooks(file, hub, project).entrySet()) {
      edit.put(List.of("hooks", hook.getKey()), this::isOurs, hook.getValue());
    }
    return edit.text();
  }

  /// A file without the links.
  String disconnected(String file, String before, Path project) throws Json.Unreadable {
    if (file.endsWith(".toml")) {
      return TomlEdit.without(before);
    }
    if (before.isBlank()) {
      return before;
    }
    var edit = new JsonEdit(before);
    if (holdsServers(file)) {
      edit.remove(List.of("mcpServers", SERVER));
    }
    for (var event : hooks(file, URI.create("http://hub"), project).keySet()) {
      edit.remove(List.of("hooks", event), this::isOurs);
    }
    return edit.text();
  }

  /// What somebody has to do afterwards, in words.
  String next() {
    return switch (this) {
      case CLAUDE -> "claude    (it asks once whether to trust the project's MCP server)";
      case CODEX -> "codex    (trust the project, and its hooks with /hooks)";
      case GEMINI -> "gemini    (trust the folder when it asks)";
      case CURSOR -> "cursor .    (switch the MCP server on in its settings)";
    };
  }

  private boolean holdsServers(String file) {
    return file.endsWith("mcp.json") || this == GEMINI;
  }

  private ObjectNode server(URI hub) {
    var url = hub + "/mcp";
    var server = Json.object();
    switch (this) {
      case CLAUDE, GEMINI -> server.put("type", "http").put("url", url);
      case CODEX, CURSOR -> server.put("url", url);
    }
    var bearer = this == CURSOR ? "Bearer ${env:MESHKORE_TOKEN}" : BEARER;
    server.putObject("headers").put("Authorization", bearer);
    return server;
  }

  /// What a file has for each event.
  private Map<String, JsonNode> hooks(String file, URI hub, Path project) {
    var hooks = new LinkedHashMap<String, JsonNode>();
    if (!file.endsWith("hooks.json") && !file.endsWith("settings.json")) {
      return hooks;
    }
    switch (this) {
      case CLAUDE -> {
        hooks.put("SessionStart", group(command("\"$CLAUDE_PROJECT_DIR\"/", SECONDS)));
        hooks.put("UserPromptSubmit", group(claudeHttp(hub)));
        hooks.put("Stop", group(claudeHttp(hub)));
      }
      case CODEX -> {
        var place = shellQuoted(project + "/");
        for (var event : List.of("SessionStart", "UserPromptSubmit", "Stop")) {
          hooks.put(event, group(command(place, SECONDS)));
        }
      }
      case GEMINI -> {
        for (var event : List.of("SessionStart", "BeforeAgent", "AfterAgent")) {
          var hook = command("\"$GEMINI_PROJECT_DIR\"/", SECONDS * 1_000);
          hooks.put(event, group(hook.put("name", SERVER)));
        }
      }
      case CURSOR -> {
        for (var event : List.of("sessionStart", "beforeSubmitPrompt", "stop")) {
          hooks.put(event, Json.object().put("command", HookScript.FILE + " cursor"));
        }
      }
    }
    return hooks;
  }

  private static ObjectNode group(ObjectNode hook) {
    var group = Json.object();
    group.putArray("hooks").add(hook);
    return group;
  }

  private ObjectNode command(String place, int timeout) {
    return Json.object()
        .put("type", "command")
        .put("command", place + HookScript.FILE + " " + word())
        .put("timeout", timeout);
  }

  private static ObjectNode claudeHttp(URI hub) {
    var hook = Json.object().put("type", "http").put("url", hub + "/hooks/claude");
    hook.put("timeout", SECONDS);
    hook.putObject("headers").put("Authorization", "Bearer $MESHKORE_TOKEN");
    hook.putArray("allowedEnvVars").add("MESHKORE_TOKEN");
    return hook;
  }

  /// Knows a hook of ours by where it leads.
  private boolean isOurs(String item) {
    return item.contains(HookScript.FILE + " " + word())
        || (item.contains("/hooks/" + word()) && item.contains("MESHKORE_TOKEN"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String shellQuoted(String text) {
    return text.matches("[A-Za-z0-9/._-]+") ? text : HookScript.quoted(text);
  }
}
