package dev.meshkore.hub.owner;

import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Looks for a text in a file of a domain, as a line of its own.
final class WebDriver implements ProofDriver {
  private final OutboundClient outbound;

  WebDriver(OutboundClient outbound) {
    this.outbound = outbound;
  }

  @Override
  public Optional<String> missing(Verification verification) {
    var accept = Map.of("Accept", "text/plain");
    return switch (outbound.get(URI.create(verification.proof()), accept)) {
      case Outcome.Answered answered when answered.isDone() ->
          isThere(verification, new String(answered.body(), StandardCharsets.UTF_8))
              ? Optional.empty()
              : Optional.of("The text is not at " + verification.proof());
      case Outcome.Answered answered ->
          Optional.of(verification.proof() + " answered with status " + answered.status());
      case Outcome.Forbidden forbidden -> Optional.of(forbidden.reason());
      case Outcome.Failed failed -> Optional.of(failed.reason());
    };
  }

  private static boolean isThere(Verification verification, String text) {
    return text.lines().anyMatch(line -> line.strip().equals(verification.expected()));
  }
}
