package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Asks a public site who wrote a text, and believes nothing of what its pages show.
final class SocialDriver implements ProofDriver {
  private static final Map<String, String> ACCEPT = Map.of("Accept", "application/json");

  private final OutboundClient outbound;
  private final Platform.Sites sites;

  SocialDriver(OutboundClient outbound, Platform.Sites sites) {
    this.outbound = outbound;
    this.sites = sites;
  }

  @Override
  public Finding look(Verification verification) {
    String name = verification.name();
    String account = name.substring(name.indexOf(':') + 1);
    String proof = verification.proof().substring(verification.proof().lastIndexOf('/') + 1);
    Optional<Platform> site = sites.of(name.substring(0, Math.max(0, name.indexOf(':'))));
    // A proof may be older than what is asked of one today.
    if (site.flatMap(one -> one.address(account, proof)).isEmpty()) {
      return new Finding.Missing("The hub does not ask this site");
    }
    URI source = site.orElseThrow().source(account, proof);
    return switch (outbound.get(source, ACCEPT)) {
      case Outcome.Answered answered when answered.isDone() ->
          told(answered.body())
              .map(told -> site.get().missing(told, account, proof, verification.expected()))
              .orElse(Optional.of("The site did not answer in JSON"))
              .<Finding>map(Finding.Missing::new)
              .orElseGet(Finding.There::new);
      case Outcome.Answered answered -> refused(source, answered.status());
      case Outcome.Forbidden forbidden -> new Finding.Missing(forbidden.reason());
      case Outcome.Failed failed -> new Finding.NotLooked(failed.reason());
    };
  }

  /// A site that is asked too often, or is broken, says nothing of an account.
  private static Finding refused(URI source, int status) {
    String reason = source + " answered with status " + status;
    boolean isNotLooked = status == 403 || status == 429 || status >= 500;
    return isNotLooked ? new Finding.NotLooked(reason) : new Finding.Missing(reason);
  }

  private static Optional<JsonNode> told(byte[] body) {
    try {
      return Optional.of(Json.tree(body));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }
}
