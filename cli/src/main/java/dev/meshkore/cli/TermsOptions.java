package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The terms of an offer, or of a move in a negotiation.
final class TermsOptions {
  @Option(names = "--price", paramLabel = "AMOUNT", description = "For all of it: '40 EUR'.")
  @Nullable String price;

  @Option(names = "--subject", paramLabel = "TEXT", description = "What it is about, in a line.")
  @Nullable String subject;

  @Option(
      names = "--quantity",
      paramLabel = "COUNT",
      defaultValue = "1",
      description = "How many (default: ${DEFAULT-VALUE}).")
  long quantity = 1;

  @Option(
      names = "--deliver-within",
      paramLabel = "SECONDS",
      description = "Within so many seconds of the agreement.")
  @Nullable Long deliverWithin;

  @Option(names = "--note", paramLabel = "TEXT", description = "What else there is to say.")
  @Nullable String note;

  ObjectNode read(String otherwise) {
    var given = price;
    if (given == null) {
      throw new CommandFailed(
          Exit.USER, "There is no price", "", "Give it for all of it: --price '40 EUR'.");
    }
    var terms = Json.object().put("subject", subject == null ? otherwise : subject);
    terms.put("quantity", quantity);
    terms.set("price", Amount.read(given, false));
    if (deliverWithin != null) {
      terms.put("deliver_within", deliverWithin);
    }
    if (note != null) {
      terms.put("note", note);
    }
    return terms;
  }
}
