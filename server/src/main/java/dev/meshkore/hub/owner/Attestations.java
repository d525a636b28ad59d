package dev.meshkore.hub.owner;

import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Takes attestations of Nostr's NIP-OA as mandates. An owner shows that a Nostr key is its own; an
/// agent brings what that key says of its own key. Both agree by this that the owner holds the
/// agent.
final class Attestations {
  private static final String PROOF_HEAD = "meshkore-owner/1";

  /// A mandate, and whether anything was changed when it was presented.
  private record Taken(Mandate mandate, boolean isNew) {}

  private final Database database;
  private final AgentKeys agentKeys;
  private final Owners owners;
  private final Mandates mandates;
  private final Supplier<String> hubUrl;

  Attestations(OwnerParts parts, Owners owners, Mandates mandates) {
    this.database = parts.database();
    this.agentKeys = parts.agentKeys();
    this.owners = owners;
    this.mandates = mandates;
    this.hubUrl = parts.hubUrl();
  }

  /// Sees that whoever holds a Nostr key says that an owner of this hub is the same.
  ///
  /// @throws Refused when the signature is not the key's
  void requireProof(String ownerId, byte[] nostrKey, String signature) {
    String text = PROOF_HEAD + "\n" + hubUrl.get() + "\n" + ownerId;
    var key = new Key(KeyType.SECP256K1, HexFormat.of().formatHex(nostrKey), false);
    if (!signature.matches("[0-9a-f]{128}")
        || !key.verifies(
            text.getBytes(StandardCharsets.UTF_8), HexFormat.of().parseHex(signature))) {
      throw Refused.field("nostr_proof", "nostr_proof must be the key's signature over " + text);
    }
  }

  /// Takes an attestation from the agent that it is for.
  ///
  /// @throws Refused when it is not valid here, or would let an owner hold an agent of which the
  ///   caller only has what may be stolen
  Mandate present(Caller.OfAgent agent, List<String> tag) {
    NipOa attestation = NipOa.read(tag);
    Instant now = mandates.now();
    Taken taken =
        database.write(transaction -> {
          Key key =
              agentKeys.ofAgent(transaction, agent.number(), KeyType.SECP256K1).stream()
                  .filter(attestation::isFor)
                  .findFirst()
                  .orElseThrow(() -> MandateToken.invalid("It is not signed for a key of yours"));
          Owner owner =
              SqlOwners.byNostrKey(transaction, attestation.ownerKey())
                  .orElseThrow(() -> MandateToken.invalid("No owner here has this key"));
          boolean isHeldNow = owners.attested(transaction, agent, owner, now);
          String text = attestation.text(key.hex());
          Optional<Mandate> known = SqlMandates.find(transaction, MandateToken.id(text));
          if (known.isPresent()) {
            return new Taken(mandates.live(transaction, known.get(), now), isHeldNow);
          }
          Mandate mandate = mandate(attestation, text, owner.number(), agent.number(), now);
          if (!mandate.isLive(now)) {
            throw MandateToken.invalid("Its conditions do not hold now");
          }
          mandates.add(transaction, mandate, now);
          return new Taken(mandate, true);
        });
    if (taken.isNew()) {
      owners.changed();
    }
    return taken.mandate();
  }

  private static Mandate mandate(
      NipOa attestation, String text, long owner, long agent, Instant now) {
    return new Mandate(
        MandateToken.id(text),
        owner,
        agent,
        Optional.empty(),
        0,
        Mandate.Form.NIP_OA,
        attestation.grants(),
        text,
        now,
        attestation.notBefore(now),
        attestation.expiresAt(now),
        Optional.empty());
  }
}
