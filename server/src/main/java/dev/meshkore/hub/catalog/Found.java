package dev.meshkore.hub.catalog;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import dev.meshkore.hub.scan.Verdict;
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
/// @param verdict what a scan found in all of it
record Found(
    Kind kind,
    String source,
    String name,
    String version,
    String description,
    List<String> capabilities,
    List<String> examples,
    CardSignature.Worth signature,
    ObjectNode document,
    Verdict verdict) {
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

  /// The same after a scan: all of the document is handed out, so all of it is read.
  ///
  /// @throws Refused where it holds what no listing may hold
  Found scanned() {
    List<Said> besides =
        List.of(
            Said.name("name", name),
            Said.text("description", description),
            Said.link("source", source));
    return new Found(
        kind,
        source,
        name,
        version,
        description,
        capabilities,
        examples,
        signature,
        document,
        Scan.of(document, besides).orRefuse());
  }

  /// How long its document is, in characters.
  int length() {
    return document.toString().length();
  }
}
