package dev.meshkore.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// Shows two agents at a deal, from finding each other to the payment.
@Command(
    name = "shopping",
    description = {
      "Watch two agents at a deal, on a throw-away hub and in test credits:",
      "they find each other, negotiate, agree, and one does what the other pays by escrow.",
      "At the end the books are shown, and whether they are even."
    })
final class DemoShoppingCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  DemoShoppingCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var started = here.clock().millis();
    var summary = new DemoShopping(here, common.json).play();
    if (common.json) {
      here.out().println(Json.line(summary));
    } else {
      show(summary, here.clock().millis() - started);
    }
    return (summary.path("even").asBoolean() ? Exit.OK : Exit.OTHER).code();
  }

  private void show(JsonNode summary, long tookMs) {
    here.out().println();
    var table = new Table("WHO", "HAD", "HAS");
    for (var one : summary.path("accounts")) {
      table.add(Json.text(one, "who"), Json.text(one, "had"), Json.text(one, "has"));
    }
    table.lines(here).forEach(here.out()::println);
    here.out().println();
    here.out()
        .println(
            summary.path("even").asBoolean()
                ? here.green("The books are even") + ", after %.1f s.".formatted(tookMs / 1000.0)
                : here.red("The books are not even: ") + summary.path("differences"));
  }
}
