package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Registers agents and services that were made up, so that there is something to find.
@Command(
    name = "seed-demo",
    description = {
      "Register some 300 agents with services, made up for trying the hub.",
      "Those that are there already are left as they are."
    })
final class SeedCommand implements Callable<Integer> {
  private static final String FILE = "/seed/agents.jsonl";
  private static final int TOLD_EVERY = 50;
  private static final int HOUR = 3_600;

  /// What a profile may say besides, where the hub knows it.
  private static final List<String> MORE =
      List.of("examples", "languages", "regions", "certifications", "hours");

  private final Surroundings here;
  private final Set<String> unknown = new HashSet<>();
  private boolean hasMarket = true;
  private int agents;
  private int known;
  private int services;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(names = "--count", paramLabel = "COUNT", description = "Only so many of them.")
  @Nullable Integer count;

  SeedCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var all = all();
    var wanted = count == null ? all : all.subList(0, Math.clamp(count, 0, all.size()));
    try (var client = admin.client(here)) {
      var hub = client.hub().toString();
      var invite =
          client.post(
              "/invites",
              Json.object()
                  .put("max_uses", Math.max(1, wanted.size()))
                  .put("expires_in", HOUR)
                  .put("label", "seed-demo"));
      try (var stranger = new HubClient(client.hub(), null)) {
        var join = Json.text(invite, "url").replaceFirst("^.*/join/", "/join/");
        for (var agent : wanted) {
          seed(stranger, join, agent);
          if ((agents + known) % TOLD_EVERY == 0) {
            here.err().println(here.dim((agents + known) + " of " + wanted.size()));
          }
        }
      } finally {
        client.delete("/invites/" + Json.text(invite, "invite_id"));
      }
      told(hub);
    }
    return Exit.OK.code();
  }

  private void told(String hub) {
    if (common.json) {
      var done = Json.object().put("url", hub).put("agents", agents);
      here.out().println(Json.line(done.put("known", known).put("services", services)));
      return;
    }
    here.out()
        .println("Registered " + agents + " agents and " + services + " services at " + hub + ".");
    if (known > 0) {
      here.out().println(known + " agents were there already.");
    }
    if (!hasMarket) {
      here.out().println("This hub has no market; the services were left out.");
    }
    here.out().println("Next: meshkore discover 'certified legal translator, ES to EN'");
  }

  private void seed(HubClient stranger, String join, ObjectNode agent) {
    var draft = Json.object();
    draft.set("agent_id", agent.path("agent_id"));
    draft.set("description", agent.path("description"));
    draft.set("capabilities", agent.path("capabilities"));
    String key;
    try {
      key = Json.text(stranger.post(join, draft), "api_key");
    } catch (CommandFailed failed) {
      if (Json.text(failed.problem(), "type").equals("/problems/agent-exists")) {
        known++;
        return;
      }
      throw failed;
    }
    agents++;
    try (var client = new HubClient(stranger.hub(), key)) {
      describe(client, agent);
      for (var service : agent.path("services")) {
        publish(client, (ObjectNode) service);
      }
    }
  }

  /// Says what else there is to say, less what this hub does not know.
  private void describe(HubClient client, ObjectNode agent) {
    var more = Json.object();
    for (var name : MORE) {
      if (agent.has(name) && !unknown.contains(name)) {
        more.set(name, agent.path(name));
      }
    }
    while (!more.isEmpty()) {
      try {
        client.patch("/profile", more);
        return;
      } catch (CommandFailed failed) {
        var field = Json.text(failed.problem(), "field").split("\\.", 2)[0];
        if (!more.has(field)) {
          throw failed;
        }
        unknown.add(field);
        more.remove(field);
      }
    }
  }

  private void publish(HubClient client, ObjectNode service) {
    if (!hasMarket) {
      return;
    }
    var draft = service.deepCopy();
    var hours = draft.path("hours_left").asInt(0);
    draft.remove("hours_left");
    if (hours > 0) {
      draft.put("expires_in", hours * HOUR);
    }
    try {
      client.post("/services", draft);
      services++;
    } catch (CommandFailed failed) {
      var isNoRoute = failed.problem().path("status").asInt() == 404;
      if (!isNoRoute) {
        throw failed;
      }
      hasMarket = false;
    }
  }

  static List<ObjectNode> all() {
    try (InputStream stream = SeedCommand.class.getResourceAsStream(FILE)) {
      if (stream == null) {
        throw new IllegalStateException(FILE + " is missing");
      }
      var all = new ArrayList<ObjectNode>();
      for (var line : new String(stream.readAllBytes(), UTF_8).split("\n")) {
        JsonNode agent = Json.read(line);
        all.add((ObjectNode) agent);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Json.Unreadable e) {
      throw new IllegalStateException(FILE + " is damaged", e);
    }
  }
}
