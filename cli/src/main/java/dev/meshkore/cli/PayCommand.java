package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Pays an agent in test credits, or holds them for it.
@Command(
    name = "pay",
    description = {
      "Pay an agent in test credits, which are worth nothing:",
      "meshkore pay bob 2.50 --about neg_17."
    })
final class PayCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions payer = new AgentOptions();
  @Mixin private final PaymentId id = new PaymentId();

  @Parameters(index = "0", paramLabel = "TO", description = "The agent that is paid.")
  String to = "";

  @Parameters(index = "1", paramLabel = "AMOUNT", description = "How many credits, such as 2.50.")
  String amount = "";

  @Option(
      names = "--about",
      paramLabel = "REFERENCE",
      description = "What it is for, without spaces; the other agent reads it.")
  @Nullable String about;

  @Option(
      names = "--hold",
      paramLabel = "SECONDS",
      description = "Only hold it for so long; it comes back if it is not paid by then.")
  @Nullable Long hold;

  PayCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var chosen = id.orNew();
    var payment = Json.object().put("id", chosen).put("to", to).put("amount", amount);
    if (about != null) {
      payment.put("about", about);
    }
    if (hold != null) {
      payment.put("hold_seconds", hold);
    }
    try (var client = payer.client(here)) {
      var answer = PaymentId.once(chosen, () -> client.post("/wallet/transfers", payment));
      here.out().println(common.json ? Json.line(answer) : summary(answer));
    }
    return Exit.OK.code();
  }

  private String summary(JsonNode answer) {
    if (answer.has("approval_id")) {
      return "Nothing is paid yet. It waits for a person: " + Json.text(answer, "approval_id");
    }
    var line =
        here.green(Json.text(answer, "state"))
            + "  "
            + Json.text(answer, "transfer_id")
            + "  "
            + Amount.text(answer)
            + " to "
            + Json.text(answer, "to");
    return answer.has("held_until") ? line + ", until " + Json.text(answer, "held_until") : line;
  }
}
