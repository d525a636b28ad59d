package dev.meshkore.hub.courier;

import dev.meshkore.hub.identity.OutsideAgents;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Where outside agents are spoken to, by their cards. A card is read again after some minutes, and
/// after anything went wrong. Thread-safe.
final class Cards {
  /// An endpoint, or why there is none.
  sealed interface Found {
    /// It can be spoken to.
    record At(Endpoint endpoint) implements Found {}

    /// It cannot.
    record Not(Reply why) implements Found {}
  }

  private record Kept(Endpoint endpoint, long untilMs) {}

  private static final long KEPT_MS = Duration.ofMinutes(5).toMillis();

  private final A2aWire wire;
  private final InstantSource clock;
  private final ConcurrentHashMap<Long, Kept> kept = new ConcurrentHashMap<>();

  Cards(A2aWire wire, InstantSource clock) {
    this.wire = wire;
    this.clock = clock;
  }

  Found of(OutsideAgents.Outside remote) {
    Kept known = kept.get(remote.number());
    if (known != null && clock.millis() < known.untilMs()) {
      return new Found.At(known.endpoint());
    }
    return switch (wire.card(remote.card())) {
      case Reply.Done done -> {
        Optional<Endpoint> endpoint = Endpoint.of(done.result());
        if (endpoint.isEmpty()) {
          yield new Found.Not(
              new Reply.No(
                  A2aWire.failed("Its card names no A2A 1.0 interface of JSONRPC or HTTP+JSON")));
        }
        kept.put(remote.number(), new Kept(endpoint.get(), clock.millis() + KEPT_MS));
        yield new Found.At(endpoint.get());
      }
      case Reply.No no ->
          new Found.Not(new Reply.No(A2aWire.about("Its card could not be read. ", no.why())));
      case Reply.NotNow notNow ->
          new Found.Not(
              new Reply.NotNow(A2aWire.about("Its card could not be read. ", notNow.why()), false));
    };
  }

  /// The next time, the card is read again.
  void forget(OutsideAgents.Outside remote) {
    kept.remove(remote.number());
  }
}
