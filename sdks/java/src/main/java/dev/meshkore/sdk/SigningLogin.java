package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Proves an agent by a signature over each request (RFC 9421): nothing that travels can be used
/// again.
final class SigningLogin implements Login {
  private static final Duration LIFETIME = Duration.ofMinutes(1);

  private final String agentId;
  private final Keys keys;
  private final Environment environment;

  SigningLogin(String agentId, Keys keys, Environment environment) {
    this.agentId = agentId;
    this.keys = keys;
    this.environment = environment;
  }

  @Override
  public String agentId() {
    return agentId;
  }

  @Override
  public void prove(
      HttpRequest.Builder request, String method, String target, byte @Nullable [] body) {
    var components = new StringBuilder("(\"@method\" \"@target-uri\"");
    var base = new StringBuilder();
    base.append("\"@method\": ").append(method).append('\n');
    base.append("\"@target-uri\": ").append(target).append('\n');
    if (body != null) {
      String digest = "sha-256=:" + Base64.getEncoder().encodeToString(Hashes.sha256(body)) + ":";
      request.header("Content-Digest", digest);
      components.append(" \"content-digest\"");
      base.append("\"content-digest\": ").append(digest).append('\n');
    }
    long now = environment.clock().instant().getEpochSecond();
    components
        .append(");created=")
        .append(now)
        .append(";expires=")
        .append(now + LIFETIME.toSeconds())
        .append(";nonce=\"")
        .append(environment.freshId())
        .append("\";keyid=\"")
        .append(keys.didKey())
        .append("\";alg=\"ed25519\"");
    base.append("\"@signature-params\": ").append(components);
    byte[] signature = keys.sign(base.toString().getBytes(UTF_8));
    request.header("Signature-Input", "sig1=" + components);
    request.header("Signature", "sig1=:" + Base64.getEncoder().encodeToString(signature) + ":");
  }

  /// There is nothing to renew: each request has a signature of its own.
  @Override
  public boolean renew() {
    return false;
  }
}
