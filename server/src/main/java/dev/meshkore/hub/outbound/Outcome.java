package dev.meshkore.hub.outbound;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What became of a call to an outside address. A `reason` is the hub's own words, never what the
/// other side said, so it may be shown to whoever named the address.
public sealed interface Outcome {
  /// The other side answered, with whatever status but a redirect, which is never followed.
  ///
  /// @param status the HTTP status
  /// @param headers by name in lower case
  /// @param body the whole body; empty after a stream of events
  record Answered(int status, Map<String, List<String>> headers, byte[] body) implements Outcome {
    /// The first value of a header; its name is in lower case.
    public Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// Whether the other side did what was asked.
    public boolean isDone() {
      return status >= 200 && status < 300;
    }
  }

  /// The address may not be called; another attempt may be allowed only after its name leads
  /// elsewhere.
  record Forbidden(String reason) implements Outcome {}

  /// Nothing usable came back; whether the other side acted is not known.
  record Failed(String reason) implements Outcome {}
}
