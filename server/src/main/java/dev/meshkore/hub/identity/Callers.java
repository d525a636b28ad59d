package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Handler;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds out who calls, and wraps handlers so that they are told. Thread-safe.
public final class Callers {
  /// A handler that agents may call.
  @FunctionalInterface
  public interface AgentHandler {
    /// Answers the agent.
    Response handle(Request request, Caller.OfAgent caller);
  }

  /// A handler that everybody known may call.
  @FunctionalInterface
  public interface CallerHandler {
    /// Answers the caller.
    Response handle(Request request, Caller caller);
  }

  private static final int KEPT_MAX = 100_000;
  private static final String SCHEME = "bearer ";

  private final Tokens tokens;
  private final Agents agents;
  private final AdminKey adminKey;
  private final Kept<Caller.OfAgent> kept = new Kept<>(KEPT_MAX);

  /// Knows callers by these tokens, these agents' API keys, and the admin key.
  public Callers(Tokens tokens, Agents agents, AdminKey adminKey) {
    this.tokens = tokens;
    this.agents = agents;
    this.adminKey = adminKey;
  }

  /// A handler for agents alone.
  public Handler agent(AgentHandler handler) {
    return request -> handler.handle(request, onlyAgent(caller(request)));
  }

  /// A handler for the admin alone.
  public Handler admin(Handler handler) {
    return request ->
        switch (caller(request)) {
          case Caller.Admin _ -> handler.handle(request);
          case Caller.OfAgent _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This needs the admin key");
        };
  }

  /// A handler for agents and the admin.
  public Handler any(CallerHandler handler) {
    return request -> handler.handle(request, caller(request));
  }

  /// The agent that a request's `Authorization` header names.
  ///
  /// @throws Refused when there is not one such header, or it is no agent's
  public Caller.OfAgent agentOf(Request request) {
    return onlyAgent(identified(request));
  }

  /// The agent that holds a token or an API key.
  ///
  /// @throws Refused when none does, or the token has expired
  public Caller.OfAgent agentOf(String credential) {
    return onlyAgent(authenticate(credential));
  }

  private static Caller.OfAgent onlyAgent(Caller caller) {
    return switch (caller) {
      case Caller.OfAgent agent -> agent;
      case Caller.Admin _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents; the admin key is none's");
    };
  }

  /// Who holds a token, an API key or the admin key.
  ///
  /// @throws Refused when nobody does, or the token has expired
  public Caller authenticate(String credential) {
    if (credential.startsWith("mka_")) {
      if (adminKey.matches(credential)) {
        return new Caller.Admin();
      }
      throw unknown();
    }
    return credential.startsWith("mk_") ? byApiKey(credential) : byToken(credential);
  }

  /// What cannot be read is refused as such, whoever sent it; only then does it matter who did.
  private Caller caller(Request request) {
    try {
      return identified(request);
    } catch (Refused refused) {
      if (request.body().length > 0) {
        request.fields();
      }
      throw refused;
    }
  }

  private Caller identified(Request request) {
    if (request.caller().orElse(null) instanceof Caller known) {
      return known;
    }
    List<String> values = request.headers("Authorization");
    if (values.size() != 1) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED,
          values.isEmpty()
              ? "There is no Authorization header"
              : "There is more than one Authorization header");
    }
    String value = values.getFirst();
    if (!value.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED, "Authorization must be Bearer and a credential");
    }
    return authenticate(value.substring(SCHEME.length()).strip());
  }

  private Caller.OfAgent byToken(String token) {
    String id = tokens.verify(token);
    return new Caller.OfAgent(agents.numberOf(id).orElseThrow(Callers::unknown), id);
  }

  private Caller.OfAgent byApiKey(String key) {
    if (!ApiKeyHash.isMadeForm(key)) {
      throw unknown();
    }
    String name = Sha256.name(key);
    Optional<Caller.OfAgent> known = kept.get(name);
    if (known.isPresent()) {
      return known.get();
    }
    SqlAgents.Keyed found = agents.byMadeKey(key).orElseThrow(Callers::unknown);
    var caller = new Caller.OfAgent(found.number(), found.id());
    kept.put(name, caller);
    return caller;
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNAUTHENTICATED, "The credential is not one of this hub's");
  }
}
