package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The steps of a job, one command each.
final class JobSteps {
  private JobSteps() {}

  /// Which job, and as whom.
  static final class Party {
    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AgentOptions party = new AgentOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
    String id = "";

    int takes(Surroundings here, ObjectNode step) {
      return taken(here, common, party.signatory(here), id, step);
    }
  }

  /// What a step says to the others.
  static final class Said {
    @Option(names = "--note", paramLabel = "TEXT", description = "What you say to the others.")
    @Nullable String note;

    @Option(
        names = "--evidence",
        paramLabel = "SHA256[=URI]",
        description = "The hash of what shows it, and where it is; again for each.")
    List<String> evidence = new ArrayList<>();

    ObjectNode step(String word) {
      var step = Json.object().put("step", word);
      if (note != null) {
        step.put("note", note);
      }
      if (!evidence.isEmpty()) {
        var list = step.putArray("evidence");
        for (var text : evidence) {
          var cut = text.indexOf('=');
          var piece = list.addObject().put("sha256", cut < 0 ? text : text.substring(0, cut));
          if (cut >= 0) {
            piece.put("uri", text.substring(cut + 1));
          }
        }
      }
      return step;
    }
  }

  /// Agrees.
  @Command(name = "accept", description = "Agree to the terms of a job that the other side opened.")
  static final class Accept implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();

    Accept(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return party.takes(here, Json.object().put("step", "accept"));
    }
  }

  /// Pays into escrow.
  @Command(
      name = "fund",
      description = {
        "Pay the whole price into escrow, as the client; this agrees, too.",
        "On a chain a wallet signs payment_requirements of `jobs show JOB --json`."
      })
  static final class Fund implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();

    @Option(
        names = "--payment",
        paramLabel = "FILE",
        description = "On a chain: what the wallet signed, as clients of x402 write it; '-' reads.")
    @Nullable String payment;

    Fund(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var step = Json.object().put("step", "fund");
      if (payment != null) {
        step.set("payment", Document.read(here, payment));
      }
      return party.takes(here, step);
    }
  }

  /// Accepts what was delivered.
  @Command(name = "complete", description = "Accept what was delivered; the provider is paid.")
  static final class Complete implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();
    @Mixin private final Said said = new Said();

    Complete(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return party.takes(here, said.step("complete"));
    }
  }

  /// Ends it.
  @Command(
      name = "reject",
      description = "End the job where `next` lets you; what is held goes back to the client.")
  static final class Reject implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();
    @Mixin private final Said said = new Said();

    Reject(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return party.takes(here, said.step("reject"));
    }
  }

  /// Disputes.
  @Command(
      name = "dispute",
      description = "Ask the arbiter to decide about what was delivered; --note says why.")
  static final class Dispute implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();
    @Mixin private final Said said = new Said();

    Dispute(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return party.takes(here, said.step("dispute"));
    }
  }

  /// Gives evidence.
  @Command(name = "evidence", description = "Show the arbiter something, in a dispute.")
  static final class Evidence implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final Party party = new Party();
    @Mixin private final Said said = new Said();

    Evidence(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      return party.takes(here, said.step("evidence"));
    }
  }

  /// Decides a dispute, as the arbiter: an agent, or the operator of the hub.
  @Command(
      name = "resolve",
      description = {
        "Decide a dispute, as its arbiter: AMOUNT is for the provider, the rest goes back.",
        "An agent gives its --profile; without it the operator of this machine's hub decides."
      })
  static final class Resolve implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Mixin private final AdminOptions admin = new AdminOptions();

    @Option(
        names = "--profile",
        paramLabel = "NAME",
        description = "Decide as the agent of this profile; without it, as the operator.")
    @Nullable String profile;

    @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
    String id = "";

    @Parameters(
        index = "1",
        paramLabel = "AMOUNT",
        description = "How much of what is held the provider gets, before fees.")
    String amount = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "Why.")
    @Nullable String note;

    Resolve(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      var step = Json.object().put("step", "resolve").put("amount", amount);
      if (note != null) {
        step.put("note", note);
      }
      return taken(here, common, arbiter(), id, step);
    }

    private Signatory arbiter() {
      var given = profile;
      return given == null
          ? new Signatory(admin.client(here), "", null)
          : Signatory.of(here, given);
    }
  }

  /// Takes a step on the job as it is now, and tells how it stands after it. Closes what it is
  /// taken with.
  static int taken(
      Surroundings here, CommonOptions common, Signatory agent, String id, ObjectNode step) {
    try (agent) {
      var path = JobsCommand.path(id);
      step.put("previous", Json.text(agent.hub().get(path), "head"));
      var signed = agent.signed(path + "/steps", step, new JobStep(id, step));
      var answer = sent(agent, path, id, signed);
      if (common.json) {
        here.out().println(Json.line(answer));
      } else {
        tell(here, answer);
      }
    }
    return Exit.OK.code();
  }

  private static JsonNode sent(Signatory agent, String path, String id, ObjectNode signed) {
    try {
      return agent.made(path + "/steps", signed);
    } catch (CommandFailed failed) {
      if (PaymentId.isRefused(failed)) {
        throw failed;
      }
      throw new CommandFailed(
          failed.exit(),
          "Whether the step was taken is not known",
          (Json.text(failed.problem(), "title") + ". " + Json.text(failed.problem(), "detail"))
              .strip(),
          "`meshkore jobs show " + id + "` says how the job stands.");
    }
  }

  static void tell(Surroundings here, JsonNode answer) {
    if (answer.has("approval_id")) {
      here.out()
          .println("Nothing is done yet. A person decides: " + Json.text(answer, "approval_id"));
    } else {
      here.out().println(JobText.line(here, answer));
    }
  }
}
