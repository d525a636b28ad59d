package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import java.security.SecureRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// The parts of identity over one database, with a clock that moves when told.
final class Hub implements AutoCloseable {
  static final String URL = "http://hub.test";
  private static final int FEW_ITERATIONS = 10;

  final SettableTime time = new SettableTime();
  final SecureRandom random = new SecureRandom();
  final Database database;
  final Agents agents;
  final SigningKeys keys;
  final Tokens tokens;
  final Invites invites;
  final Revocations revocations;
  final AgentKeys agentKeys;
  final SignedCalls signed;
  final Admission admission;

  Hub(DatabaseUrl url, boolean isOpen) {
    this(url, new OpenDoor(isOpen, 0));
  }

  Hub(DatabaseUrl url, OpenDoor open) {
    database = Database.open(url, () -> 0L, () -> {});
    agents = new Agents(database, TestAudit.any());
    keys = new SigningKeys(database, TestAudit.any(), time, random);
    tokens = new Tokens(keys, () -> URL, time, random);
    invites = new Invites(database, TestAudit.any(), () -> URL, time, random);
    var pbkdf2 = new Pbkdf2(FEW_ITERATIONS);
    revocations = new Revocations(database);
    agentKeys = new AgentKeys(database, TestAudit.any(), revocations, () -> URL, time, random);
    signed = new SignedCalls(database, agentKeys, () -> URL, time, random);
    Audit audit = TestAudit.any();
    admission =
        new Admission(
            database, audit, agents, invites, tokens, revocations, time, random, open, pbkdf2);
  }

  static String nonce(Invites.Made made) {
    return made.url().substring(made.url().lastIndexOf('/') + 1);
  }

  static void assertRefused(ProblemType type, ThrowingCallable call) {
    Refused refused = catchThrowableOfType(Refused.class, call);
    assertThat(refused).as("a refusal of type " + type).isNotNull();
    assertThat(refused.type()).isEqualTo(type);
  }

  @Override
  public void close() {
    database.close();
  }
}
