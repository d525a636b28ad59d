package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// A job as people read it. What agents wrote in it steers no terminal.
final class JobText {
  private JobText() {}

  /// The words of a list.
  static String words(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(word -> word.asString(""))
        .collect(Collectors.joining(", "));
  }

  /// The other side, or both sides for those who are neither.
  static String other(JsonNode job) {
    var roles = words(job.path("your_roles"));
    if (roles.contains("client")) {
      return Json.text(job, "provider");
    }
    var client = Json.text(job, "client");
    return roles.contains("provider") ? client : client + ", " + Json.text(job, "provider");
  }

  /// The steps that may be taken, and until when.
  static String nextInShort(JsonNode job) {
    var steps = new ArrayList<String>();
    for (var one : job.path("next")) {
      steps.add(Json.text(one, "step") + " (" + words(one.path("by")) + ")");
    }
    return String.join(", ", steps);
  }

  /// How a job stands, in a line.
  static String line(Surroundings here, JsonNode job) {
    var line =
        here.bold(Json.text(job, "job_id"))
            + "  "
            + here.green(state(job))
            + "  "
            + Amount.text(job.path("price"));
    var next = nextInShort(job);
    return next.isEmpty() ? line : line + "  next: " + next;
  }

  private static String state(JsonNode job) {
    var state = Json.text(job, "state");
    if (!state.equals("open")) {
      return state;
    }
    var funding = Json.text(job.path("funding"), "state");
    return (job.path("accepted").asBoolean() ? "open, agreed" : "open")
        + (funding.isEmpty() ? "" : ", money " + funding);
  }

  /// All of a job.
  static List<String> lines(Surroundings here, JsonNode job) {
    var lines = new ArrayList<String>();
    lines.add(here.bold(Json.text(job, "job_id")) + "  " + here.green(state(job)));
    add(lines, "for", Json.text(job, "subject"));
    add(lines, "client", Json.text(job, "client"));
    add(lines, "provider", Json.text(job, "provider"));
    add(lines, "evaluator", Json.text(job, "evaluator"));
    add(lines, "arbiter", Json.text(job, "arbiter"));
    add(lines, "you are", words(job.path("your_roles")));
    add(lines, "agreement", Json.text(job, "negotiation_id"));
    var isEscrow = job.path("escrow").asBoolean();
    add(lines, "price", Amount.text(job.path("price")) + (isEscrow ? "" : ", without escrow"));
    add(lines, "held", Amount.text(job.path("held")));
    add(lines, "paid", Amount.text(job.path("released")));
    add(lines, "given back", Amount.text(job.path("refunded")));
    add(lines, "fees", fees(job.path("fees")));
    if (job.path("self_dealing").asBoolean()) {
      add(lines, "note", "client and provider belong to one owner");
    }
    if (job.path("milestones").size() > 1) {
      lines.add("");
      lines.addAll(milestones(job).lines(here));
    }
    addOnChain(here, lines, job);
    addDelivered(here, lines, job.path("deliverable"));
    lines.add("");
    lines.addAll(steps(job).lines(here));
    addNext(here, lines, job);
    return lines;
  }

  /// The fees of a job, and what is left of the price where all is paid.
  static String fees(JsonNode fees) {
    var whole = fees.path("if_completed");
    return percent(fees.path("transaction_bps").asLong(0))
        + " and "
        + percent(fees.path("escrow_bps").asLong(0))
        + " for escrow; of the price the provider receives "
        + Amount.text(whole.path("received"));
  }

  /// The fees of jobs that are opened now.
  static String conditions(JsonNode conditions) {
    return "Fees now: "
        + percent(conditions.path("transaction_bps").asLong(0))
        + " of what is paid, and "
        + percent(conditions.path("escrow_bps").asLong(0))
        + " with escrow, without which a job may cost up to "
        + Amount.text(conditions.path("escrow_above"))
        + ".";
  }

  private static String percent(long bps) {
    var rest = bps % 100;
    var text = Long.toString(bps / 100);
    return (rest == 0 ? text : text + "." + (rest < 10 ? "0" + rest : trimmed(rest))) + "%";
  }

  private static String trimmed(long hundredths) {
    return Long.toString(hundredths % 10 == 0 ? hundredths / 10 : hundredths);
  }

  private static void add(List<String> lines, String name, String text) {
    if (!text.isEmpty()) {
      var shown = MessageText.clean(text).replace('\n', ' ');
      lines.add("  %-11s%s".formatted(name, shown));
    }
  }

  private static Table milestones(JsonNode job) {
    var table = new Table("PART", "NAME", "AMOUNT", "STATE");
    var number = 0;
    for (var one : job.path("milestones")) {
      number++;
      var isNow = number == job.path("milestone").asInt(0);
      var isPaid = one.path("paid").asBoolean();
      table.add(
          Integer.toString(number),
          Json.text(one, "name"),
          Json.text(one, "amount"),
          isPaid ? "paid" : isNow ? "now" : "");
    }
    return table;
  }

  /// What is paid where, and what the chain has done of it.
  private static void addOnChain(Surroundings here, List<String> lines, JsonNode job) {
    var terms = job.path("terms").path("on_chain");
    if (!terms.isObject()) {
      return;
    }
    lines.add("");
    add(lines, "payer", Json.text(terms, "payer"));
    add(lines, "pays to", Json.text(terms, "pay_to"));
    add(lines, "reason", Json.text(job.path("funding"), "reason"));
    if (job.path("on_chain").isEmpty()) {
      return;
    }
    lines.add("");
    var table = new Table("ON CHAIN", "ATOMS", "STATE", "TRANSACTION");
    for (var one : job.path("on_chain")) {
      var reason = Json.text(one, "reason");
      table.add(
          Json.text(one, "what"),
          Long.toString(one.path("atoms").asLong()),
          Json.text(one, "state") + (reason.isEmpty() ? "" : ": " + reason),
          Json.text(one, "transaction"));
    }
    lines.addAll(table.lines(here));
  }

  private static void addDelivered(Surroundings here, List<String> lines, JsonNode delivered) {
    if (!delivered.isObject()) {
      return;
    }
    lines.add("");
    lines.add(here.bold("DELIVERED") + here.dim("  (another agent's word)"));
    add(lines, "sha256", Json.text(delivered, "sha256"));
    add(lines, "uri", Json.text(delivered, "uri"));
    add(lines, "note", Json.text(delivered, "note"));
    var output = Json.text(delivered, "output");
    if (!output.isEmpty()) {
      lines.add(MessageText.clean(output).indent(2).stripTrailing());
    }
  }

  private static Table steps(JsonNode job) {
    var table = new Table("WHEN", "STEP", "BY", "NOTE");
    for (var link : job.path("chain")) {
      var move = link.path("move");
      table.add(
          Json.text(link, "at"),
          Json.text(move, "step"),
          Json.text(move, "from"),
          Json.text(move, "note"));
    }
    return table;
  }

  private static void addNext(Surroundings here, List<String> lines, JsonNode job) {
    if (job.path("next").isEmpty()) {
      var by = Json.text(job, "ended_by");
      lines.add("");
      lines.add("It ended by " + (by.isEmpty() ? "a step" : by) + ".");
      return;
    }
    lines.add("");
    var table = new Table("NEXT", "MAY BE DONE BY");
    for (var one : job.path("next")) {
      table.add(Json.text(one, "step"), words(one.path("by")));
    }
    lines.addAll(table.lines(here));
    var time = job.path("by_time");
    if (time.isObject()) {
      lines.add("If nobody does: " + Json.text(time, "state") + " at " + Json.text(time, "at"));
    }
  }
}
