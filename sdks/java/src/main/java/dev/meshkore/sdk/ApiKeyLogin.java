package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.net.http.HttpRequest;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Proves an agent by tokens, which its API key buys.
final class ApiKeyLogin implements Login {
  private final HubCalls calls;
  private final String agentId;
  private final String apiKey;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable String token;

  ApiKeyLogin(HubCalls calls, String agentId, String apiKey, @Nullable String token) {
    this.calls = calls;
    this.agentId = agentId;
    this.apiKey = apiKey;
    this.token = token;
  }

  @Override
  public String agentId() {
    return agentId;
  }

  String apiKey() {
    return apiKey;
  }

  @Override
  public void prove(
      HttpRequest.Builder request, String method, String target, byte @Nullable [] body) {
    lock.lock();
    try {
      if (token == null) {
        token = register();
      }
      request.header("Authorization", "Bearer " + token);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean renew() {
    lock.lock();
    try {
      token = register();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Proves the agent by the API key itself, for what a token is not enough for.
  Login direct() {
    return new Direct(agentId, apiKey);
  }

  private record Direct(String agentId, String apiKey) implements Login {
    @Override
    public void prove(
        HttpRequest.Builder request, String method, String target, byte @Nullable [] body) {
      request.header("Authorization", "Bearer " + apiKey);
    }

    @Override
    public boolean renew() {
      return false;
    }

    @Override
    public String toString() {
      return agentId;
    }
  }

  private String register() {
    ObjectNode body = Json.object();
    body.put("agent_id", agentId);
    body.put("api_key", apiKey);
    return calls
        .answer(Call.post("/register", body, Twice.HARMLESS), null)
        .path("token")
        .asString("");
  }
}
