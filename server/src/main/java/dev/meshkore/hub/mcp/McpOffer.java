package dev.meshkore.hub.mcp;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// All that an MCP server offers.
///
/// @param info the server: name, title, version
/// @param instructions for the model, once
/// @param toolsets every tool, grouped
/// @param resources what can be read
/// @param templates what can be read when its part is known
/// @param prompts what a person can choose
/// @param isChanging whether the lists of tools, prompts and resources change while it runs
/// @param isLogging whether it sends log messages to clients
public record McpOffer(
    ObjectNode info,
    String instructions,
    List<Toolset> toolsets,
    List<Resource> resources,
    List<ResourceTemplate> templates,
    List<Prompt> prompts,
    boolean isChanging,
    boolean isLogging) {
  /// Copies the lists.
  public McpOffer {
    toolsets = List.copyOf(toolsets);
    resources = List.copyOf(resources);
    templates = List.copyOf(templates);
    prompts = List.copyOf(prompts);
  }

  ObjectNode capabilities() {
    ObjectNode capabilities = McpJson.object();
    capabilities.putObject("tools").put("listChanged", isChanging);
    capabilities.putObject("resources").put("subscribe", true).put("listChanged", isChanging);
    capabilities.putObject("prompts").put("listChanged", isChanging);
    capabilities.putObject("completions");
    if (isLogging) {
      capabilities.putObject("logging");
    }
    return capabilities;
  }
}
