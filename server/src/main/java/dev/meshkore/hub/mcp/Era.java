package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

  /// A header, and what the body says of the same.
  private record Pair(String header, @Nullable String value, String body) {}

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
    agree(new Pair(VERSION_HEADER, single(request, VERSION_HEADER), version));
    if (!version.equals(VERSION)) {
      ObjectNode data = McpJson.object();
      data.putArray("supported").add(VERSION);
      data.put("requested", version);
      throw new RpcError(
          RpcError.UNSUPPORTED_VERSION, 400, "Unsupported protocol version: " + version, data);
    }
    agree(new Pair("Mcp-Method", single(request, "Mcp-Method"), ask.method()));
    String member =
        switch (ask.method()) {
          case "tools/call", "prompts/get" -> "name";
          case "resources/read" -> "uri";
          default -> "";
        };
    JsonNode named = ask.params().path(member);
    if (!member.isEmpty() && named.isString()) {
      String header = single(request, "Mcp-Name");
      agree(new Pair("Mcp-Name", header == null ? null : decoded(header), named.stringValue()));
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

  private static void agree(Pair pair) {
    if (!pair.body().equals(pair.value())) {
      ObjectNode data = McpJson.object();
      String header = pair.value() == null ? "(missing)" : pair.value();
      data.putObject("mismatch").put("header", header).put("body", pair.body());
      throw new RpcError(
          RpcError.HEADER_MISMATCH,
          400,
          "The header " + pair.header() + " must say the same as the body",
          data);
    }
  }

  private static @Nullable String single(Request request, String name) {
    List<String> values = request.headers(name);
    return values.size() == 1 ? values.getFirst().strip() : null;
  }

  /// A header's value, which is written as Base64 when it is not plain ASCII.
  private static String decoded(String value) {
    boolean isEncoded = value.startsWith("=?base64?") && value.endsWith("?=");
    if (!isEncoded || value.length() < 11) {
      return value;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(value.substring(9, value.length() - 2));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return value;
    }
  }
}
