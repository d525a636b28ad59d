package dev.meshkore.hub.catalog;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// The door for what is listed: from outside here, and from here for others.
public final class Catalog {
  private static final String SCHEMA =
      "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

  /// What it is built from.
  public record Parts(
      Database database,
      Audit audit,
      Agents agents,
      OutsideAgents outside,
      Callers callers,
      OutboundClient client,
      LocalCalls calls) {}

  private final Parts parts;
  private final Imports imports;
  private final Supplier<String> hubUrl;
  private final String version;

  /// A catalog of these parts.
  public Catalog(
      Parts parts,
      Supplier<String> hubUrl,
      String version,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.parts = parts;
    this.imports = new Imports(parts, clock, nanoTime);
    this.hubUrl = hubUrl;
    this.version = version;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    new ImportRoutes(imports, parts.agents(), parts.callers()).addTo(router);
    var entries = new Entries(parts.calls(), imports, hubUrl);
    new ArdRoutes(entries, parts.callers()).addTo(router);
    router.get("/.well-known/mcp/server.json", _ -> server());
  }

  /// The hub's own MCP endpoint, as the MCP registry takes servers.
  private Response server() {
    String hub = hubUrl.get();
    String host = hub.replaceFirst("^https?://", "").replaceFirst("[:/].*$", "");
    ObjectNode server = Json.object();
    server.put("$schema", SCHEMA);
    server.put("name", reversed(host) + "/meshkore");
    server.put("title", "MeshKore hub");
    server.put("description", "Find agents and services, send and receive durable messages.");
    server.put("version", version);
    server.put("websiteUrl", hub + "/docs");
    server.putArray("remotes").addObject().put("type", "streamable-http").put("url", hub + "/mcp");
    return Response.json(200, server).with("Cache-Control", "public, max-age=300");
  }

  private static String reversed(String host) {
    List<String> labels = Arrays.asList(host.split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels);
  }
}
