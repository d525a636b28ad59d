package dev.meshkore.hub.catalog;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Something outside that a document describes, read and checked, but not yet listed.
///
/// @param kind what it is
/// @param source the address of the document, or "" where it came with the request
/// @param name what it is called
/// @param version its version, or ""
/// @param description what it says of itself
/// @param capabilities what it says it can do
/// @param examples requests that it says it is for
/// @param signature what its signature is worth
/// @param document all that it says
record Found(
    Kind kind,
    String source,
    String name,
    String version,
    String description,
    List<String> capabilities,
    List<String> examples,
    CardSignature.Worth signature,
    ObjectNode document) {
  /// What can be listed.
  enum Kind {
    /// An agent that speaks A2A.
    A2A_AGENT("a2a-agent", "application/a2a-agent-card+json"),
    /// A server of tools.
    MCP_SERVER("mcp-server", "application/mcp-server-card+json");

    private final String word;
    private final String mediaType;

    Kind(String word, String mediaType) {
      this.word = word;
      this.mediaType = mediaType;
    }

    String word() {
      return word;
    }

    String mediaType() {
      return mediaType;
    }

    static Kind of(String word) {
      return word.equals(MCP_SERVER.word) ? MCP_SERVER : A2A_AGENT;
    }
  }
}
