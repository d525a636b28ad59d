package dev.meshkore.hub.mcp;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Puts the definitions of the hub's tools together from short texts.
final class Definitions {
  private static final String PROBLEM =
      """
      {"type":"object","description":"Why nothing was done (RFC 9457)",
       "properties":{"type":{"type":"string"},"title":{"type":"string"},
       "status":{"type":"integer"},"detail":{"type":"string"}},"required":["title","status"]}
      """;

  /// What a tool does to the hub.
  enum Effect {
    READS("{\"readOnlyHint\":true,\"openWorldHint\":false}"),
    SETS(
        "{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":true,"
            + "\"openWorldHint\":false}"),
    ADDS(
        "{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":false,"
            + "\"openWorldHint\":false}"),
    ENDS(
        "{\"readOnlyHint\":false,\"destructiveHint\":true,\"idempotentHint\":true,"
            + "\"openWorldHint\":false}");

    private final String annotations;

    Effect(String annotations) {
      this.annotations = annotations;
    }
  }

  /// Name, title and description.
  record Words(String name, String title, String description) {}

  private Definitions() {}

  /// A tool.
  ///
  /// @param input the properties of its arguments
  /// @param inputRequired those that must be given
  /// @param output the properties of its result; all of them are there when it did what was asked
  static Tool tool(
      Words words,
      Effect effect,
      String input,
      List<String> inputRequired,
      String output,
      McpHandler handler) {
    ObjectNode definition = McpJson.object();
    definition.put("name", words.name()).put("title", words.title());
    definition.put("description", words.description().strip());
    ObjectNode in = definition.putObject("inputSchema");
    in.put("type", "object").set("properties", McpJson.object(input));
    inputRequired.forEach(in.putArray("required")::add);
    in.put("additionalProperties", false);
    ObjectNode out = definition.putObject("outputSchema");
    ObjectNode properties = McpJson.object(output);
    var required = McpJson.object().putArray("required");
    properties.propertyNames().forEach(required::add);
    out.put("type", "object").set("properties", properties);
    properties.set("problem", McpJson.object(PROBLEM));
    var either = out.putArray("anyOf");
    either.addObject().set("required", required);
    either.addObject().putArray("required").add("problem");
    definition.set("annotations", McpJson.object(effect.annotations));
    return new Tool(definition, false, handler);
  }
}
