package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.relay.Relay;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The hub's MCP server at `/mcp`: its tools, resources and prompts, for agents.
public final class McpDoor {
  private static final String PATH = "/mcp";

  private final Callers callers;
  private final HeldOpen heldOpen;
  private final McpServer server;
  private final ProtectedResource metadata;

  /// A door to a hub.
  ///
  /// @param heldOpen bounds the streams of an agent
  /// @param calls the hub's own routes, by which all is done
  /// @param more toolsets of other modules
  /// @param url how the hub is reached
  /// @param version of the hub
  public McpDoor(
      Callers callers,
      HeldOpen heldOpen,
      Relay relay,
      LocalCalls calls,
      List<Toolset> more,
      Supplier<String> url,
      String version,
      InstantSource clock,
      SecureRandom random) {
    this.callers = callers;
    this.heldOpen = heldOpen;
    var hub = new HubCalls(calls);
    var agents = new AgentTools(hub);
    var channels = new ChannelTools(hub);
    var toolsets = new ArrayList<Toolset>();
    toolsets.add(new MessageTools(hub).toolset());
    toolsets.add(agents.toolset());
    toolsets.add(channels.toolset());
    toolsets.add(new MarketTools(hub).toolset());
    toolsets.add(new WalletTools(hub).toolset());
    toolsets.add(new JobTools(hub).toolset(new ReputationTools(hub).tools()));
    toolsets.addAll(more);
    var resources =
        new HubResources(
            hub, (caller, changed) -> relay.onMail(caller.number(), changed), channels::complete);
    var offer =
        new McpOffer(
            McpJson.object()
                .put("name", "meshkore")
                .put("title", "MeshKore hub")
                .put("version", version),
            HubPrompts.INSTRUCTIONS,
            toolsets,
            resources.all(),
            resources.templates(),
            new HubPrompts(hub, url, agents::complete).all(),
            false,
            false);
    this.server = new McpServer(offer, PATH, url, this::caller, clock, random);
    this.metadata = new ProtectedResource(url, PATH);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    server.addTo(router);
    metadata.addTo(router);
  }

  private McpCaller caller(Request request) {
    Caller.OfAgent agent = callers.agentOf(request);
    return new McpCaller(
        agent.id(), agent.number(), agent, request.peer(), () -> heldOpen.take(agent)::close);
  }
}
