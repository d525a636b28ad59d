package dev.meshkore.hub;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Metrics;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.intent.Intent;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.store.Database;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/// What an operator's machines ask: is it alive, does it serve, how much does it do.
final class ProbeRoutes {
  /// The version of the hub, as its protocol shows it.
  static final String VERSION = "0.1.0";

  private final Database database;
  private final Relay relay;
  private final Agents agents;
  private final Metrics metrics;
  private final BooleanSupplier isReady;
  private final Instant startedAt;

  ProbeRoutes(
      Database database,
      Relay relay,
      Agents agents,
      Intent intent,
      Metrics metrics,
      BooleanSupplier isReady,
      Instant startedAt) {
    this.database = database;
    this.relay = relay;
    this.agents = agents;
    this.metrics = metrics;
    this.isReady = isReady;
    this.startedAt = startedAt;
    metrics.withJvm();
    metrics.gauge("meshkore.agents.online", relay, of -> of.presence().online().size());
    metrics.gauge("meshkore.sessions", relay, of -> of.presence().sessionCount());
    metrics.total("meshkore.messages", relay, Relay::messageCount);
    metrics.total("meshkore.commits", database.meter(), meter -> meter.commitCount());
    metrics.total("meshkore.writes", database.meter(), meter -> meter.pieceCount());
    metrics.total("meshkore.commit.seconds", database.meter(), m -> m.commitNanos() / 1e9);
    metrics.total("meshkore.interpreter.fallbacks", intent, Intent::fallbackCount);
  }

  void addTo(Router router) {
    router
        .get("/health", _ -> status("alive"))
        .get("/ready", this::ready)
        .get("/metrics", _ -> Response.text(200, "text/plain; version=0.0.4", metrics.scrape()))
        .get("/stats", this::stats);
  }

  private Response ready(Request request) {
    if (!isReady.getAsBoolean() || database.isBroken()) {
      throw new Refused(ProblemType.STOPPING, "The hub is starting or stopping");
    }
    database.read(transaction -> transaction.number("SELECT 1", 0));
    return status("ready");
  }

  private Response stats(Request request) {
    ObjectNode stats = Json.object();
    stats.put("agents", agents.count());
    stats.put("online", relay.presence().online().size());
    stats.put("channels", relay.channelCount());
    stats.put("messages", relay.messageCount());
    stats.put("sessions", relay.presence().sessionCount());
    stats.put("started_at", Rfc3339.text(startedAt));
    stats.put("version", VERSION);
    return Response.json(200, stats);
  }

  private static Response status(String word) {
    return Response.json(200, Json.object().put("status", word));
  }
}
