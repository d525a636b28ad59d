package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.Refused;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The first frame of a WebSocket whose handshake proved nobody: it brings a token, or a signature
/// over the challenge that the hub sent.
final class Hello {
  private Hello() {}

  /// Whether the peer asked for a challenge to sign.
  static boolean isSigned(Request request) {
    return switch (request.query("challenge").orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      case String _ -> throw Refused.field("challenge", "challenge must be true or false");
    };
  }

  /// Finds out, when asked, who says hello; that may block.
  ///
  /// @param challenge what the hub sent, or null; it is good for one hello
  static Supplier<Caller.OfAgent> proved(
      DraftReader.Frame frame, @Nullable String challenge, Callers callers) {
    if (!frame.type().equals("hello")) {
      throw Refused.field("type", "The first frame must be hello");
    }
    String token = frame.token();
    String key = frame.key();
    String signature = frame.signature();
    if (token != null && key == null && signature == null) {
      return () -> callers.agentOf(token);
    }
    if (token == null && key != null && signature != null && challenge != null) {
      return () -> callers.agentOf(challenge, key, signature);
    }
    throw Refused.field(
        "token", "A hello has a token; or key and signature, where the hub sent a challenge");
  }
}
