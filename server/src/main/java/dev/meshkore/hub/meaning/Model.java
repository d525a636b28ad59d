package dev.meshkore.hub.meaning;

import dev.meshkore.hub.outbound.NameResolver;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.OutboundLimits;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// A model that makes vectors, which need not be loaded.
///
/// @param name of the model; vectors of one name may be compared
/// @param loader loads it; may take long, and throws [Embedder.NoVectors] when it cannot now
public record Model(String name, Supplier<Embedder> loader) {
  /// A search waits at most so long for another machine's vectors.
  private static final OutboundLimits LIMITS =
      new OutboundLimits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          32 << 10,
          16 << 20,
          16 << 20,
          16);

  /// The model that ships with the hub.
  public static final Model OWN = new Model(OnnxEmbedder.MODEL, OnnxEmbedder::load);

  /// No model: words alone decide.
  public static final Model NONE =
      new Model(
          "none",
          () -> {
            throw new Embedder.NoVectors("No model is wanted");
          });

  /// The model that the operator wants. The operator names its address, so it may be private.
  public static Model of(MeaningSettings settings) {
    if (!settings.isOn()) {
      return NONE;
    }
    if (settings.url().isEmpty()) {
      return OWN;
    }
    Supplier<EndpointEmbedder> made =
        () -> {
          var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
          var client = new OutboundClient(true, NameResolver.SYSTEM, tls, LIMITS);
          return new EndpointEmbedder(client, settings.url(), settings.model(), settings.key());
        };
    return new Model(settings.model() + " at " + settings.url(), made::get);
  }
}
