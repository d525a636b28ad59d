package dev.meshkore.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Calls a service, pays for the answer, and prints it.
@Command(
    name = "call",
    description = {
      "Call a service, and pay for its answer from your wallet:",
      "meshkore call svc_5f2a '{\"text\":\"hello\"}' --max 0.05.",
      "The price is held with the call, paid with the answer, and comes back without one."
    })
final class CallCommand implements Callable<Integer> {
  private static final int WAIT_SECONDS_MAX = 120;

  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions buyer = new AgentOptions();
  @Mixin private final PaymentId id = new PaymentId();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "The id of the service.")
  String service = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "INPUT",
      defaultValue = "{}",
      description = "What it works on, in JSON (default: ${DEFAULT-VALUE}); '-' reads it.")
  String input = "{}";

  @Option(
      names = "--max",
      paramLabel = "AMOUNT",
      required = true,
      description = "The most credits that it may cost, such as 0.05.")
  String max = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Wait so long for the answer, up to 120 (default: ${DEFAULT-VALUE}).")
  int wait = 30;

  CallCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (wait < 0 || wait > WAIT_SECONDS_MAX) {
      throw new CommandFailed(
          Exit.USER,
          "It cannot wait so long",
          wait + " seconds",
          "Wait 0 to " + WAIT_SECONDS_MAX + " seconds; what comes later `meshkore calls` shows.");
    }
    var chosen = id.orNew();
    var draft = Json.object().put("id", chosen).put("service_id", service);
    draft.putObject("max").put("amount", max);
    draft.set("input", Document.given(here, input));
    try (var client = buyer.client(here)) {
      var path = "/calls?wait=" + wait;
      var answer = PaymentId.once(chosen, () -> client.post(path, draft, Duration.ofSeconds(wait)));
      return told(answer, chosen).code();
    }
  }

  private Exit told(JsonNode answer, String chosen) {
    var state = Json.text(answer, "state");
    var isLost = state.equals("declined") || state.equals("expired");
    if (common.json) {
      here.out().println(Json.line(answer));
      return isLost ? Exit.OTHER : Exit.OK;
    }
    if (isLost) {
      throw new CommandFailed(
          Exit.OTHER,
          state.equals("declined") ? "The seller declined the call" : "The seller did not answer",
          MessageText.clean(Json.text(answer, "reason")),
          "The price came back. Another call needs another --id.");
    }
    if (answer.has("approval_id")) {
      here.out()
          .println("It is not called yet. A person decides: " + Json.text(answer, "approval_id"));
    } else if (answer.has("output")) {
      here.out().println(MessageText.clean(Json.line(answer.path("output"))));
    } else {
      here.out().println("waiting  " + Json.text(answer, "call_id"));
      here.err()
          .println(
              "The price is held. The seller has time until "
                  + Json.text(answer, "answer_by")
                  + "; the same command with --id "
                  + chosen
                  + " asks again.");
    }
    return Exit.OK;
  }
}
