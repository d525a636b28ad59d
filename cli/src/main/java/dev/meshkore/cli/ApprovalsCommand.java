package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Lists what waits for a person, and decides it.
@Command(
    name = "approvals",
    description = {
      "List the calls that wait for a person, or decide one:",
      "meshkore approvals approve ID, meshkore approvals reject ID."
    })
final class ApprovalsCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PersonOptions person = new PersonOptions();

  @Option(
      names = {"-a", "--all"},
      description = "Also those that were decided.")
  boolean all;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DECISION",
      description = "approve or reject.")
  @Nullable String decision;

  @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "Which one.")
  @Nullable String id;

  ApprovalsCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (var client = person.client(here)) {
      if (decision == null) {
        list(client);
      } else if (id == null || !(decision.equals("approve") || decision.equals("reject"))) {
        throw new CommandFailed(
            Exit.USER,
            "Nothing was decided",
            "It needs approve or reject, and an id",
            "meshkore approvals lists the ids.");
      } else {
        var order = Json.object().put("decision", decision);
        decided(client.post("/approvals/" + Query.value(id), order));
      }
    }
    return Exit.OK.code();
  }

  private void decided(JsonNode approval) {
    here.out()
        .println(common.json ? Json.line(approval) : "It is " + Json.text(approval, "state") + ".");
  }

  /// A page at a time, so that what many agents wrote is never held at once; in JSON a line each.
  private void list(HubClient client) {
    var isNothing = true;
    var cursor = "";
    do {
      var page =
          client.get(
              "/approvals?limit=50"
                  + (all ? "" : "&state=waiting")
                  + (cursor.isEmpty() ? "" : "&cursor=" + Query.value(cursor)));
      cursor = Json.text(page, "next");
      isNothing &= page.path("approvals").isEmpty();
      if (common.json) {
        here.out().println(Json.line(page));
      } else {
        rows(page);
      }
    } while (!cursor.isEmpty());
    if (isNothing && !common.json) {
      here.out().println("Nothing waits.");
    }
  }

  private void rows(JsonNode page) {
    for (var one : page.path("approvals")) {
      here.out()
          .println(
              here.bold(Json.text(one, "approval_id"))
                  + "  "
                  + Json.text(one, "state")
                  + ", until "
                  + Json.text(one, "expires_at"));
      here.out()
          .println(
              "  "
                  + Json.text(one, "agent_id")
                  + ": "
                  + Json.text(one, "kind")
                  + ", "
                  + Json.text(one, "method")
                  + " "
                  + MessageText.clean(Json.text(one, "target"))
                  + ", "
                  + one.path("bytes").asLong()
                  + " bytes; the agent wrote:");
      here.out().println("  | " + MessageText.clean(Json.line(one.path("body"))));
    }
  }
}
