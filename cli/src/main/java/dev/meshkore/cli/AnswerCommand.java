package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Answers a call of one's own service, and is paid; or declines it.
@Command(
    name = "answer",
    description = {
      "Answer a call of your service, and be paid, or decline it:",
      "meshkore answer call_0f1e '{\"text\":\"HELLO\"}'."
    })
final class AnswerCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions seller = new AgentOptions();

  @Parameters(index = "0", paramLabel = "CALL", description = "Its id; `meshkore calls` lists it.")
  String id = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUTPUT",
      description = "The answer, in JSON; '-' reads it from standard input.")
  @Nullable String output;

  @Option(
      names = "--decline",
      paramLabel = "REASON",
      description = "Give no answer; the money goes back.")
  @Nullable String reason;

  AnswerCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var body = Json.object();
    var given = output;
    if (given != null && reason == null) {
      body.set("output", Document.given(here, given));
    } else if (given == null && reason != null) {
      body.put("declined", reason);
    } else {
      throw new CommandFailed(
          Exit.USER,
          "Nothing was answered",
          "It needs either an answer or --decline",
          "Give the answer in JSON, or --decline with a reason.");
    }
    try (var client = seller.client(here)) {
      var call = client.post("/calls/" + Query.value(id) + "/answer", body);
      here.out()
          .println(
              common.json
                  ? Json.line(call)
                  : here.green(Json.text(call, "state"))
                      + "  "
                      + Json.text(call, "call_id")
                      + (given != null ? "  paid by " : "  the money went back to ")
                      + Amount.from(call)
                      + (given != null ? ": " + paidBy(call) : ""));
    }
    return Exit.OK.code();
  }

  /// What pays it: a transfer of the ledger, or what a chain is to move.
  private static String paidBy(JsonNode call) {
    return call.has("transfer_id") ? Json.text(call, "transfer_id") : Amount.text(call);
  }
}
