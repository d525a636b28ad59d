package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Handler;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

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

  /// A handler that owners of agents may call.
  @FunctionalInterface
  public interface OwnerHandler {
    /// Answers the owner.
    Response handle(Request request, Caller.OfOwner caller);
  }

  /// Knows owners by their keys.
  @FunctionalInterface
  public interface OwnerKeys {
    /// There are no owners.
    OwnerKeys NONE = _ -> Optional.empty();

    /// Whose key this is.
    Optional<Caller.OfOwner> find(String key);
  }

  /// Who calls.
  ///
  /// @param acceptance of what proves it
  private record Proved(Caller caller, Acceptance acceptance) {
    Proved(Caller caller) {
      this(caller, Acceptance.OF_BEFORE);
    }

    Proved(SignedCalls.Signer signer) {
      this(signer.caller(), signer.acceptance());
    }
  }

  private static final int KEPT_MAX = 100_000;
  private static final String BEARER = "bearer ";
  private static final String NOSTR = "nostr ";
  private static final String DID_WBA = "didwba ";
  private static final List<String> SIGNATURE = List.of("Signature-Input", "Signature");

  private final Tokens tokens;
  private final Agents agents;
  private final AdminKey adminKey;
  private final Revocations revocations;
  private final SignedCalls signed;
  private final OwnerKeys ownerKeys;
  private final List<BiConsumer<Request, Caller.OfAgent>> gates = new CopyOnWriteArrayList<>();
  private final Kept<Caller.OfAgent> kept = new Kept<>(KEPT_MAX);

  /// Knows callers by these tokens, these agents' API keys, the admin key, what agents sign, and
  /// owners' keys.
  public Callers(
      Tokens tokens,
      Agents agents,
      AdminKey adminKey,
      Revocations revocations,
      SignedCalls signed,
      OwnerKeys ownerKeys) {
    this.tokens = tokens;
    this.agents = agents;
    this.adminKey = adminKey;
    this.revocations = revocations;
    this.signed = signed;
    this.ownerKeys = ownerKeys;
  }

  /// A handler for agents alone.
  public Handler agent(AgentHandler handler) {
    return proved((request, caller) -> {
      Caller.OfAgent agent = onlyAgent(caller);
      admit(request, agent);
      return handler.handle(request, agent);
    });
  }

  /// A handler for agents that may read but do nothing else, too.
  public Handler reader(AgentHandler handler) {
    return request -> {
      Proved proved = proved(request);
      proved.acceptance().await();
      return handler.handle(request, onlyAgent(proved.caller()));
    };
  }

  /// A handler for owners alone.
  public Handler owner(OwnerHandler handler) {
    return proved((request, caller) ->
        switch (caller) {
          case Caller.OfOwner owner -> handler.handle(request, owner);
          case Caller.OfAgent _, Caller.Admin _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This needs an owner's key");
        });
  }

  /// Lets `one` refuse what known agents ask for, after those that were added before.
  public void gate(BiConsumer<Request, Caller.OfAgent> one) {
    gates.add(one);
  }

  /// A handler for the admin alone.
  public Handler admin(Handler handler) {
    return proved((request, caller) ->
        switch (caller) {
          case Caller.Admin _ -> handler.handle(request);
          case Caller.OfAgent _, Caller.OfOwner _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This needs the admin key");
        });
  }

  /// A handler for agents, owners and the admin.
  public Handler any(CallerHandler handler) {
    return proved((request, caller) -> {
      if (caller instanceof Caller.OfAgent agent) {
        admit(request, agent);
      }
      return handler.handle(request, caller);
    });
  }

  /// That a signature was accepted is durable before the request is answered, whatever the answer
  /// is; and where it is not stored, nothing is that the handler does.
  private Handler proved(CallerHandler handler) {
    return request -> {
      Proved proved = proved(request);
      if (request.method().equals("GET")) {
        // How far an inbox was read is moved in memory first, which rests on nothing.
        proved.acceptance().await();
      }
      try {
        return proved.acceptance().under(() -> handler.handle(request, proved.caller()));
      } finally {
        proved.acceptance().await();
      }
    };
  }

  /// Lets every gate look at what an agent asks for.
  ///
  /// @throws Refused when one does
  public void admit(Request request, Caller.OfAgent caller) {
    gates.forEach(gate -> gate.accept(request, caller));
  }

  /// Whether a request tries to prove who calls, by any of the ways.
  public static boolean hasProof(Request request) {
    return request.caller().isPresent()
        || !request.headers("Authorization").isEmpty()
        || isSigned(request);
  }

  /// The agent that a request proves to come from. A signature proves that once, so this is asked
  /// once for a request.
  ///
  /// @throws Refused when it does not prove one, or tries in more than one way
  public Caller.OfAgent agentOf(Request request) {
    Proved proved = identified(request);
    proved.acceptance().await();
    return onlyAgent(proved.caller());
  }

  /// The agent that holds a token or an API key.
  ///
  /// @throws Refused when none does, or the token has expired
  public Caller.OfAgent agentOf(String credential) {
    return onlyAgent(authenticate(credential));
  }

  /// Something new for a WebSocket's peer to sign.
  public String newChallenge() {
    return signed.newChallenge();
  }

  /// The agent whose key signed the hello of a WebSocket; `key` is in hexadecimal.
  ///
  /// @throws Refused when none did
  public Caller.OfAgent agentOf(String challenge, String key, String signature) {
    return signed.byHello(challenge, key, signature);
  }

  private static Caller.OfAgent onlyAgent(Caller caller) {
    return switch (caller) {
      case Caller.OfAgent agent -> agent;
      case Caller.Admin _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents; the admin key is none's");
      case Caller.OfOwner _ ->
          throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents; the key is an owner's");
    };
  }

  /// Who holds a token, an agent's or an owner's API key, or the admin key.
  ///
  /// @throws Refused when nobody does, or the token has expired
  public Caller authenticate(String credential) {
    if (credential.startsWith("mka_")) {
      if (adminKey.matches(credential)) {
        return new Caller.Admin();
      }
      throw unknown();
    }
    if (credential.startsWith("mko_")) {
      return ownerKeys.find(credential).orElseThrow(Callers::unknown);
    }
    return credential.startsWith("mk_") ? byApiKey(credential) : byToken(credential);
  }

  /// What cannot be read is refused as such, whoever sent it; only then does it matter who did.
  private Proved proved(Request request) {
    try {
      return identified(request);
    } catch (Refused refused) {
      if (request.body().length > 0) {
        request.fields();
      }
      throw refused;
    }
  }

  private Proved identified(Request request) {
    if (request.caller().orElse(null) instanceof Caller known) {
      return new Proved(stillProved(known));
    }
    List<String> values = request.headers("Authorization");
    if (isSigned(request)) {
      if (!values.isEmpty()) {
        throw new Refused(
            ProblemType.UNAUTHENTICATED, "Give either Authorization or a signature, not both");
      }
      return new Proved(signed.byHttpSignature(request));
    }
    if (values.size() != 1) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED,
          values.isEmpty()
              ? "There is no Authorization header and no signature"
              : "There is more than one Authorization header");
    }
    String value = values.getFirst();
    String scheme = value.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return new Proved(authenticate(value.substring(BEARER.length()).strip()));
    }
    if (scheme.startsWith(NOSTR)) {
      return new Proved(signed.byNostrEvent(request, value.substring(NOSTR.length()).strip()));
    }
    if (scheme.startsWith(DID_WBA)) {
      return new Proved(signed.byDidWba(value.substring(DID_WBA.length()).strip()));
    }
    throw new Refused(
        ProblemType.UNAUTHENTICATED,
        "Authorization must be Bearer, Nostr or DIDWba and a credential");
  }

  static boolean isSigned(Request request) {
    return SIGNATURE.stream().anyMatch(name -> !request.headers(name).isEmpty());
  }

  /// Whoever was let in by a door some time ago may have lost the right since.
  private Caller stillProved(Caller known) {
    if (known instanceof Caller.OfAgent agent
        && revocations.isRevoked(agent.number(), agent.proof())) {
      throw unknown();
    }
    return known;
  }

  private Caller.OfAgent byToken(String token) {
    Tokens.Holder holder = tokens.holder(token);
    long number = agents.numberOf(holder.agentId()).orElseThrow(Callers::unknown);
    if (holder.epoch() != revocations.epochOf(number)) {
      throw unknown();
    }
    return new Caller.OfAgent(number, holder.agentId(), Proof.ofToken(holder.epoch()));
  }

  private Caller.OfAgent byApiKey(String key) {
    if (!ApiKeyHash.isMadeForm(key)) {
      throw unknown();
    }
    String name = Sha256.name(key);
    Optional<Caller.OfAgent> known = kept.get(name);
    if (known.isPresent() && !revocations.isRevoked(known.get().number(), known.get().proof())) {
      return known.get();
    }
    kept.remove(name);
    SqlAgents.Keyed found = agents.byMadeKey(key).orElseThrow(Callers::unknown);
    var caller = new Caller.OfAgent(found.number(), found.id(), Proof.ofApiKey(found.epoch()));
    kept.put(name, caller);
    return caller;
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNAUTHENTICATED, "The credential is not one of this hub's");
  }
}
