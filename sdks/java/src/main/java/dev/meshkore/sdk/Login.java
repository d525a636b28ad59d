package dev.meshkore.sdk;

import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/// How an agent proves to the hub who it is. Thread-safe.
interface Login {
  /// The agent that is proven.
  String agentId();

  /// Adds what proves it to a request whose other parts are final.
  void prove(HttpRequest.Builder request, String method, String target, byte @Nullable [] body);

  /// Gets a new proof after the hub refused the one there was.
  ///
  /// @return whether trying again is of use
  boolean renew();
}
