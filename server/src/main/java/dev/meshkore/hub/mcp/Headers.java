package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Headers that say what the body says, for those on the way that read no bodies.
final class Headers {
  private static final String START = "=?base64?";
  private static final String END = "?=";

  private Headers() {}

  /// @throws RpcError when the header is not there once, or says something else
  static void agree(Request request, String header, String body) {
    String value = value(request, header);
    if (!body.equals(value)) {
      throw mismatch(header, value, body);
    }
  }

  /// Checks the headers of arguments for which the tool wants some (`x-mcp-header`).
  ///
  /// @throws RpcError when one is missing, or says something else
  static void agree(Request request, Tool tool, JsonNode arguments) {
    JsonNode properties = tool.definition().path("inputSchema").path("properties");
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      String name = property.getValue().path("x-mcp-header").asString("");
      JsonNode argument = arguments.path(property.getKey());
      String header = "Mcp-Param-" + name;
      if (!name.isEmpty() && argument.isValueNode() && !argument.isNull()) {
        agree(request, header, argument.asString());
      } else if (!name.isEmpty() && request.header(header).isPresent()) {
        throw mismatch(header, value(request, header), "(missing)");
      }
    }
  }

  private static RpcError mismatch(String header, @Nullable String value, String body) {
    ObjectNode data = McpJson.object();
    String shown = value == null ? "(missing)" : value;
    data.putObject("mismatch").put("header", shown).put("body", body);
    return new RpcError(
        RpcError.HEADER_MISMATCH,
        400,
        "The header " + header + " must say the same as the body",
        data);
  }

  /// The value, which is written as Base64 when it is not plain ASCII; null when it is not there
  /// once, or not readable.
  private static @Nullable String value(Request request, String name) {
    List<String> values = request.headers(name);
    if (values.size() != 1) {
      return null;
    }
    String value = values.getFirst().strip();
    boolean isEncoded = value.startsWith(START) && value.endsWith(END);
    if (!isEncoded || value.length() < START.length() + END.length()) {
      return value;
    }
    String encoded = value.substring(START.length(), value.length() - END.length());
    try {
      return encoded.length() % 4 == 0
          ? new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8)
          : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
