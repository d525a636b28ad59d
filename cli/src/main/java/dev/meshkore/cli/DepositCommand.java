package dev.meshkore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Puts test credits into an agent's account.
@Command(
    name = "deposit",
    description = {
      "Put test credits, which are worth nothing, into an agent's account:",
      "meshkore deposit alice 100."
    })
final class DepositCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PersonOptions person = new PersonOptions();
  @Mixin private final PaymentId id = new PaymentId();

  @Parameters(index = "0", paramLabel = "AGENT", description = "Who gets them.")
  String agent = "";

  @Parameters(index = "1", paramLabel = "AMOUNT", description = "How many credits, such as 100.")
  String amount = "";

  DepositCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var chosen = id.orNew();
    var deposit = Json.object().put("id", chosen).put("agent_id", agent).put("amount", amount);
    try (var client = person.client(here)) {
      var answer = PaymentId.once(chosen, () -> client.post("/deposits", deposit));
      here.out()
          .println(
              common.json
                  ? Json.line(answer)
                  : Json.text(answer, "transfer_id")
                      + "  "
                      + Amount.text(answer)
                      + " for "
                      + Json.text(answer, "to"));
    }
    return Exit.OK.code();
  }
}
