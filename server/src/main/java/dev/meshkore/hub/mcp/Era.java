package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Request;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The two ways clients speak: each request for itself (from 2026-07-28 on), or after `initialize`.
enum Era {
  MODERN,
  LEGACY;

  static final String VERSION = "2026-07-28";
  static final List<String> LEGACY_VERSIONS = List.of("2025-11-25", "2025-06-18");

  static final String META = "_meta";
  static final String META_VERSION = "io.modelcontextprotocol/protocolVersion";
  static final String META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
  static final String META_LOG_LEVEL = "io.modelcontextprotocol/logLevel";

  private static final String VERSION_HEADER = "MCP-Protocol-Version";

  /// The era of a request without a body, by its header.
  static Era of(Request request) {
    return request.header(VERSION_HEADER).map(Era::isLegacy).orElse(true) ? LEGACY : MODERN;
  }

  /// The era of a request: that of the version it names in its header or its envelope. Versions
  /// that nobody knows belong to the modern one, which refuses them.
  static Era of(Request request, ObjectNode params) {
    boolean isLegacy = of(request) == LEGACY && version(params).map(Era::isLegacy).orElse(true);
    return isLegacy ? LEGACY : MODERN;
  }

  private static boolean isLegacy(String version) {
    return LEGACY_VERSIONS.contains(version);
  }

  private static Optional<String> version(ObjectNode params) {
    JsonNode version = params.path(META).path(META_VERSION);
    return version.isString() ? Optional.of(version.stringValue()) : Optional.empty();
  }

  /// Checks the envelope and the headers of a modern request.
  ///
  /// @throws RpcError when they are not as the revision wants them
  static void check(Request request, Rpc.Ask ask) {
    checkEnvelope(ask.params());
    String version = version(ask.params()).orElseThrow();
    Headers.agree(request, VERSION_HEADER, version);
    if (!version.equals(VERSION)) {
      ObjectNode data = McpJson.object();
      data.putArray("supported").add(VERSION);
      data.put("requested", version);
      throw new RpcError(
          RpcError.UNSUPPORTED_VERSION, 400, "Unsupported protocol version: " + version, data);
    }
    Headers.agree(request, "Mcp-Method", ask.method());
    String member =
        switch (ask.method()) {
          case "tools/call", "prompts/get" -> "name";
          case "resources/read" -> "uri";
          default -> "";
        };
    JsonNode named = ask.params().path(member);
    if (!member.isEmpty() && named.isString()) {
      Headers.agree(request, "Mcp-Name", named.stringValue());
    }
  }

  private static void checkEnvelope(ObjectNode params) {
    JsonNode meta = params.path(META);
    String missing = null;
    if (!meta.isObject()) {
      missing = META;
    } else if (!meta.path(META_VERSION).isString()) {
      missing = META_VERSION;
    } else if (!meta.path(META_CAPABILITIES).isObject()) {
      missing = META_CAPABILITIES;
    }
    if (missing != null) {
      ObjectNode data = McpJson.object();
      data.putObject("envelope").putArray("missing").add(missing);
      throw new RpcError(RpcError.INVALID_PARAMS, 400, missing + " is missing in params", data);
    }
  }
}
