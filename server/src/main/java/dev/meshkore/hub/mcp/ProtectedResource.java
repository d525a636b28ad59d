package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Tells clients what protects the MCP server (RFC 9728).
final class ProtectedResource {
  static final String PATH = "/.well-known/oauth-protected-resource";

  private final Supplier<String> url;
  private final String path;

  /// @param url how the hub is reached
  /// @param path where the MCP server is
  ProtectedResource(Supplier<String> url, String path) {
    this.url = url;
    this.path = path;
  }

  void addTo(Router router) {
    router.get(PATH, this::metadata).get(PATH + path, this::metadata);
  }

  private Response metadata(Request request) {
    ObjectNode body = McpJson.object();
    body.put("resource", url.get() + path);
    body.put("resource_name", "MeshKore hub");
    body.putArray("authorization_servers").add(url.get());
    body.putArray("bearer_methods_supported").add("header");
    body.put("resource_documentation", url.get() + "/llms.txt");
    return Response.json(200, body).with("Cache-Control", "public, max-age=300");
  }
}
