package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Rates the other side of a job.
@Command(
    name = "rate",
    description = {
      "Rate the other side of a job that has ended and was paid, from 1 to 5, for 14 days.",
      "Nobody sees it before the other side has rated, too, or the 14 days are over."
    })
final class JobRateCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions party = new AgentOptions();

  @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
  String id = "";

  @Parameters(index = "1", paramLabel = "STARS", description = "From 1 to 5.")
  int stars;

  @Option(names = "--comment", paramLabel = "TEXT", description = "Everybody may read it.")
  @Nullable String comment;

  JobRateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var body = Json.object().put("rating", stars);
    if (comment != null) {
      body.put("comment", comment);
    }
    try (var client = party.client(here)) {
      var rated = client.post(JobsCommand.path(id) + "/rating", body);
      here.out().println(common.json ? Json.line(rated) : text(rated));
    }
    return Exit.OK.code();
  }

  private String text(JsonNode rated) {
    if (rated.has("approval_id")) {
      return "It waits for a person to approve it: " + Json.text(rated, "approval_id");
    }
    var yours = rated.path("yours");
    var said = here.green(yours.path("rating").asInt(0) + " of 5") + " for " + id;
    return yours.path("open").asBoolean(false)
        ? said + ". The other side gave you " + rated.at("/theirs/rating").asInt(0) + "."
        : said
            + ". Both sides see what was said when both have rated, or on "
            + Json.text(yours, "opens_at")
            + "; you may change it until then.";
  }
}
