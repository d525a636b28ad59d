package dev.meshkore.hub.owner;

import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Takes open mandates of AP2 from the agents that they are for. The owner that holds the agent
/// must have signed, by a key that the hub knows as the owner's; the agent signs that it presents
/// it here and now.
final class OpenMandates {
  private final Database database;
  private final AgentKeys agentKeys;
  private final Mandates mandates;
  private final Supplier<String> hubUrl;

  OpenMandates(OwnerParts parts, Mandates mandates) {
    this.database = parts.database();
    this.agentKeys = parts.agentKeys();
    this.mandates = mandates;
    this.hubUrl = parts.hubUrl();
  }

  /// Takes one.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when it does not hold, says what the hub does not
  ///   understand, or its nonce is no open challenge of the agent's
  Mandate present(Caller.OfAgent agent, String text) {
    String hub = hubUrl.get();
    Instant now = mandates.now();
    OpenMandate open = OpenMandate.read(text, hub);
    String nonce = open.requireBinding(hub, now);
    if (!open.subject().orElse(agent.id()).equals(agent.id())) {
      throw MandateToken.invalid("It is for another agent");
    }
    if (!open.audience().orElse(hub).equals(hub)) {
      throw MandateToken.invalid("Its aud must be " + hub);
    }
    // Signatures are checked before the transaction: whoever writes would have to wait for it.
    List<PublicJwk> trusted = keys(database.read(reader -> ownerOf(reader, agent.number())));
    open.requireIssuer(trusted);
    return database.write(transaction -> {
      Owner owner = ownerOf(transaction, agent.number());
      if (!keys(owner).equals(trusted)) {
        open.requireIssuer(keys(owner));
      }
      if (!open.issuer().orElse(owner.id()).equals(owner.id())) {
        throw MandateToken.invalid("Its iss must be your owner's owner_id");
      }
      agentKeys.answered(transaction, agent, nonce);
      Optional<Mandate> known = SqlMandates.find(transaction, open.id());
      if (known.isPresent()) {
        if (known.get().subject() != agent.number()) {
          throw MandateToken.invalid("Another agent has presented it");
        }
        return mandates.live(transaction, known.get(), now);
      }
      Mandate mandate = mandate(open, owner.number(), agent.number(), now);
      if (!mandate.isLive(now) || mandate.expiresAt().isAfter(now.plus(Mandates.LIFETIME_MAX))) {
        throw MandateToken.invalid(
            "It must hold now, and end within " + Mandates.LIFETIME_MAX.toDays() + " days");
      }
      mandates.add(transaction, mandate, now);
      return mandate;
    });
  }

  private static Owner ownerOf(Transaction transaction, long agent) throws SQLException {
    OptionalLong owner = SqlOwners.ownerOf(transaction, agent);
    Optional<Owner> found =
        owner.isPresent() ? SqlOwners.get(transaction, owner.getAsLong()) : Optional.empty();
    return found.orElseThrow(() -> MandateToken.invalid("No owner holds you"));
  }

  private static List<PublicJwk> keys(Owner owner) {
    var keys = new ArrayList<PublicJwk>();
    owner.ed25519().ifPresent(key -> keys.add(new PublicJwk.Ed25519(key)));
    byte[] p256 = owner.p256Key();
    if (p256 != null) {
      keys.add(PublicJwk.P256.of("p256_key", p256));
    }
    return keys;
  }

  private static Mandate mandate(OpenMandate open, long owner, long agent, Instant now) {
    return new Mandate(
        open.id(),
        owner,
        agent,
        Optional.empty(),
        0,
        Mandate.Form.SD_JWT,
        open.grants(),
        open.token().presented(),
        now,
        open.notBefore(),
        open.expiresAt(),
        Optional.empty());
  }
}
