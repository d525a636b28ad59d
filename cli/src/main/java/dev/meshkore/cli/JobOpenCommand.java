package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Opens a job.
@Command(
    name = "open",
    description = {
      "Open a job with its provider, or, of one you do, with its client:",
      "meshkore jobs open \"Twelve pages into English\" --provider bob --amount 30.",
      "Nothing is paid yet: the other side agrees, and the client funds it."
    })
final class JobOpenCommand implements Callable<Integer> {
  private static final Pattern MILESTONE =
      Pattern.compile("(.+)=([0-9]+(?:\\.[0-9]+)?)(?:/([0-9]+))?");

  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions opener = new AgentOptions();
  @Mixin private final Times times = new Times();
  @Mixin private final OnChain chain = new OnChain();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SUBJECT",
      description = "What is to be done, in a line; of an agreement it is known.")
  @Nullable String subject;

  @Option(names = "--provider", paramLabel = "ID", description = "Who does it; you pay.")
  @Nullable String provider;

  @Option(names = "--client", paramLabel = "ID", description = "Who pays; you do it.")
  @Nullable String client;

  @Option(
      names = "--agreement",
      paramLabel = "NEGOTIATION",
      description = "The agreement that it carries out; its price holds.")
  @Nullable String agreement;

  @Option(
      names = "--amount",
      paramLabel = "AMOUNT",
      description = "How many credits, such as 30, or on a chain how many of its token.")
  @Nullable String amount;

  @Option(
      names = "--milestone",
      paramLabel = "NAME=AMOUNT[/SECONDS]",
      description = "A part that is delivered and paid by itself; again for each, in order.")
  List<String> milestones = new ArrayList<>();

  @Option(names = "--no-escrow", description = "Hold nothing; the client pays when it is done.")
  boolean withoutEscrow;

  @Option(names = "--note", paramLabel = "TEXT", description = "What else there is to say.")
  @Nullable String note;

  @Option(
      names = "--evaluator",
      paramLabel = "ID",
      description = "A third agent, who alone says whether what was delivered is accepted.")
  @Nullable String evaluator;

  @Option(
      names = "--arbiter",
      paramLabel = "ID",
      description = "Who decides a dispute (the operator where nobody is named).")
  @Nullable String arbiter;

  @Option(
      names = "--output-schema",
      paramLabel = "FILE",
      description = "A JSON Schema that what is delivered must fit; '-' reads it.")
  @Nullable String outputSchema;

  @Option(
      names = "--id",
      paramLabel = "JOB",
      description = "Your id for it, job_ and 16 or more letters: given again, it is opened once.")
  @Nullable String id;

  @Option(names = "--preview", description = "Show the terms and fees, and open nothing.")
  boolean preview;

  JobOpenCommand(Surroundings here) {
    this.here = here;
  }

  /// How long each part of a job may take.
  static final class Times {
    @Option(
        names = "--fund-within",
        paramLabel = "SECONDS",
        description = "Until it is agreed to and funded (the hub's default: a day).")
    @Nullable Long fund;

    @Option(
        names = "--deliver-within",
        paramLabel = "SECONDS",
        description = "For the work (the hub's default: a week).")
    @Nullable Long deliver;

    @Option(
        names = "--review-within",
        paramLabel = "SECONDS",
        description = "To judge what was delivered (the hub's default: three days).")
    @Nullable Long review;

    @Option(
        names = "--resolve-within",
        paramLabel = "SECONDS",
        description = "For the arbiter (the hub's default: a week).")
    @Nullable Long resolve;

    @Option(
        names = "--silence",
        paramLabel = "RULE",
        description = "Where nobody judges: complete pays, refund gives back.")
    @Nullable String silence;

    @Option(
        names = "--unresolved",
        paramLabel = "RULE",
        description = "Where the arbiter does not decide: complete or refund.")
    @Nullable String unresolved;

    void addTo(ObjectNode draft) {
      put(draft, "fund_seconds", fund);
      put(draft, "deliver_seconds", deliver);
      put(draft, "review_seconds", review);
      put(draft, "resolve_seconds", resolve);
      text(draft, "silence", silence);
      text(draft, "unresolved", unresolved);
    }

    private static void put(ObjectNode draft, String name, @Nullable Long seconds) {
      if (seconds != null) {
        draft.put(name, seconds);
      }
    }
  }

  /// Where a job is paid on a chain.
  static final class OnChain {
    @Option(
        names = "--payer",
        paramLabel = "ADDRESS",
        description = "Pay on the chain that the hub settles on: the client's address there.")
    @Nullable String payer;

    @Option(names = "--pay-to", paramLabel = "ADDRESS", description = "The provider's address.")
    @Nullable String payTo;

    /// Names the hub's own token: there is no other.
    void addTo(ObjectNode draft, HubClient hub) {
      if (payer == null && payTo == null) {
        return;
      }
      if (payer == null || payTo == null) {
        throw new CommandFailed(
            Exit.USER, "One address is missing", "", "Give both --payer and --pay-to.");
      }
      var known = hub.get("/jobs?limit=1").path("conditions").path("on_chain");
      if (!known.isObject()) {
        throw new CommandFailed(
            Exit.USER,
            "This hub settles on no chain",
            "",
            "Leave --payer and --pay-to out; then it is paid in test credits.");
      }
      draft.put("asset", Json.text(known, "asset")).put("payer", payer).put("pay_to", payTo);
    }
  }

  @Override
  public Integer call() {
    var chosen = id == null ? "job_" + UUID.randomUUID().toString().replace("-", "") : id;
    var draft = Json.object().put("job_id", chosen);
    text(draft, "subject", subject);
    text(draft, "provider", provider);
    text(draft, "client", client);
    text(draft, "negotiation_id", agreement);
    text(draft, "amount", amount);
    text(draft, "note", note);
    text(draft, "evaluator", evaluator);
    text(draft, "arbiter", arbiter);
    times.addTo(draft);
    if (withoutEscrow) {
      draft.put("escrow", false);
    }
    if (outputSchema != null) {
      draft.set("output_schema", Document.read(here, outputSchema));
    }
    if (!milestones.isEmpty()) {
      var parts = draft.putArray("milestones");
      milestones.forEach(text -> parts.add(milestone(text)));
    }
    if (preview) {
      draft.put("prepare", true);
    }
    try (var agent = opener.signatory(here)) {
      chain.addTo(draft, agent.hub());
      var asked = new JobOpening(agent, draft, here.clock());
      var call = preview ? draft : agent.signed("/jobs", draft, asked);
      var answer = PaymentId.once(chosen, () -> agent.made("/jobs", call));
      if (common.json) {
        here.out().println(Json.line(answer));
      } else if (preview) {
        var terms = answer.path("move").path("terms");
        here.out().println(MessageText.clean(Json.pretty(terms)));
      } else {
        JobSteps.tell(here, answer);
      }
    }
    return Exit.OK.code();
  }

  private static void text(ObjectNode draft, String name, @Nullable String value) {
    if (value != null) {
      draft.put(name, value);
    }
  }

  private static ObjectNode milestone(String text) {
    var parts = MILESTONE.matcher(text);
    if (!parts.matches()) {
      throw new CommandFailed(
          Exit.USER,
          "'" + text + "' is not understood as a milestone",
          "",
          "Write it like 'First six pages=15', or with seconds to deliver 'Draft=15/3600'.");
    }
    var part = Json.object().put("name", parts.group(1)).put("amount", parts.group(2));
    if (parts.group(3) != null) {
      part.put("deliver_seconds", Long.parseLong(parts.group(3)));
    }
    return part;
  }
}
