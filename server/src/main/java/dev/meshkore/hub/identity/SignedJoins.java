package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.HexFormat;

/// Agents that prove the key that they bring by signing the request with which they join. Such a
/// key is bound with the joining, both or neither. Thread-safe.
public final class SignedJoins {
  private final SignedCalls signed;
  private final AgentKeys keys;

  /// Checks by these, binds by those.
  public SignedJoins(SignedCalls signed, AgentKeys keys) {
    this.signed = signed;
    this.keys = keys;
  }

  /// What else happens when the agent joins by this request.
  ///
  /// @throws Refused when the request is signed, but not by the key that it brings
  Admission.Joining of(Request request, AgentId id, Profile profile) {
    if (!Callers.isSigned(request)) {
      return (_, _, _) -> {};
    }
    byte[] stated = profile.publicKey();
    if (stated == null) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED, "A request to join that is signed must bring public_key");
    }
    Key key = Key.of(KeyType.ED25519, "public_key", HexFormat.of().formatHex(stated));
    signed.requireSignedBy(request, key);
    return (transaction, agent, _) -> keys.bindFirst(transaction, agent, id.value(), key);
  }
}
