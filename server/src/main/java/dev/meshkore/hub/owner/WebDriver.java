package dev.meshkore.hub.owner;

import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Looks for a text in a file of a domain, as a line of its own.
final class WebDriver implements ProofDriver {
  private final OutboundClient outbound;

  WebDriver(OutboundClient outbound) {
    this.outbound = outbound;
  }

  @Override
  public Finding look(Verification verification) {
    var accept = Map.of("Accept", "text/plain");
    return switch (outbound.get(URI.create(verification.proof()), accept)) {
      case Outcome.Answered answered when answered.isDone() ->
          isThere(verification, new String(answered.body(), StandardCharsets.UTF_8))
              ? new Finding.There()
              : new Finding.Missing("The text is not at " + verification.proof());
      case Outcome.Answered answered ->
          new Finding.Missing(verification.proof() + " answered with status " + answered.status());
      case Outcome.Forbidden forbidden -> new Finding.Missing(forbidden.reason());
      case Outcome.Failed failed -> new Finding.Missing(failed.reason());
    };
  }

  private static boolean isThere(Verification verification, String text) {
    return text.lines().anyMatch(line -> line.strip().equals(verification.expected()));
  }
}
