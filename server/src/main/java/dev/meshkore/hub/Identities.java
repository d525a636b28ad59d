package dev.meshkore.hub;

import dev.meshkore.hub.identity.AdminKey;
import dev.meshkore.hub.identity.Admission;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.identity.SignedCalls;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.identity.Tokens;
import dev.meshkore.hub.owner.Owners;
import dev.meshkore.hub.store.Database;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Whom a hub knows, and what proves it.
///
/// @param adminKey the operator's
/// @param agents who joined
/// @param signingKeys the hub's own
/// @param tokens what agents call with
/// @param invites let agents join
/// @param revocations what proves nobody any longer
/// @param agentKeys the agents' own keys
/// @param owners answer for agents
/// @param signed requests that keys signed
/// @param callers finds out who calls
/// @param admission lets agents in
record Identities(
    AdminKey adminKey,
    Agents agents,
    SigningKeys signingKeys,
    Tokens tokens,
    Invites invites,
    Revocations revocations,
    AgentKeys agentKeys,
    Owners owners,
    SignedCalls signed,
    Callers callers,
    Admission admission) {
  static Identities of(Ground ground) throws IOException {
    Database database = ground.database();
    InstantSource clock = ground.clock();
    SecureRandom random = ground.random();
    Supplier<String> url = ground.url();
    var adminKey = AdminKey.openOrMake(ground.config().data(), random);
    var agents = new Agents(database, ground.audit());
    var signingKeys = new SigningKeys(database, ground.audit(), clock, random);
    var tokens = new Tokens(signingKeys, url, clock, random);
    var invites = new Invites(database, ground.audit(), url, clock, random);
    var revocations = new Revocations(database);
    var agentKeys = new AgentKeys(database, ground.audit(), revocations, url, clock, random);
    new KeyAddresses(database).fill();
    var owners = new Owners(database, ground.audit(), agents, invites, agentKeys, clock, random);
    var signed = new SignedCalls(database, agentKeys, url, clock, random);
    var callers = new Callers(tokens, agents, adminKey, revocations, signed, owners::byKey);
    var admission =
        new Admission(
            database,
            ground.audit(),
            agents,
            invites,
            tokens,
            revocations,
            clock,
            random,
            ground.config().open());
    admission.onJoin(owners);
    return new Identities(
        adminKey,
        agents,
        signingKeys,
        tokens,
        invites,
        revocations,
        agentKeys,
        owners,
        signed,
        callers,
        admission);
  }
}
