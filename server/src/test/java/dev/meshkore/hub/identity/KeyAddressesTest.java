package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestDatabase;
import fr.acinq.secp256k1.Secp256k1;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Agents are found by the addresses of their keys, also of keys that they gave up.
final class KeyAddressesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  /// The generator of the curve: of the secret 1, whose point is even.
  private static final String POINT =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

  private static final String EVEN = "7e5f4552091a69125d5dfcb7b8c2659029395bdf";

  private static final int MANY = 2_100;

  @TempDir private Path folder;

  @Test
  void anAgentIsFoundByItsAddresses() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0L, () -> {})) {
            play(database);
          }
        });
  }

  private static void play(Database database) {
    var agents = new Agents(database, new Audit(() -> NOW, new SecureRandom()));
    var key = new Key(KeyType.SECP256K1, POINT, true);
    assertThat(key.evmAddresses()).hasSize(2).contains(EVEN);
    database.write(transaction -> {
      long agent =
          agents.create(
              transaction,
              new AgentId("alice"),
              ApiKeyHash.ofMade("mk_" + "x".repeat(43)),
              Profile.EMPTY,
              NOW);
      SqlKeys.insert(transaction, agent, new BoundKey(key, NOW));
      return agent;
    });
    for (String address : key.evmAddresses()) {
      assertThat(holder(database, address))
          .contains(new KeyAddresses.Holder(new Caller.OfAgent(1, "alice"), true));
    }
    database.write(transaction -> {
      transaction.update("DELETE FROM key_address");
      return SqlKeys.revoke(transaction, 1, POINT, NOW);
    });
    assertThat(holder(database, EVEN)).isEmpty();
    new KeyAddresses(database).fill();
    assertThat(holder(database, EVEN))
        .contains(new KeyAddresses.Holder(new Caller.OfAgent(1, "alice"), false));
  }

  private static Optional<KeyAddresses.Holder> holder(Database database, String address) {
    var addresses = new KeyAddresses(database);
    return database.read(reader -> addresses.holder(reader, address));
  }

  /// As of a hub that had bound many keys before it kept their addresses.
  @Test
  void manyAreFilledInFewTransactions() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0L, () -> {})) {
            database.write(transaction -> {
              for (int i = 1; i <= MANY; i++) {
                transaction.update(
                    """
                    INSERT INTO agent_key (
                      public_key, type, is_odd, thumbprint, agent, bound_at, revoked_at)
                    VALUES (?, 'secp256k1', 0, '', 1, 0, 1)
                    """,
                    point(i));
              }
              return true;
            });
            var addresses = new KeyAddresses(database);
            addresses.fill();
            assertThat(count(database, "SELECT COUNT(*) FROM key_address")).isEqualTo(2 * MANY);
            if (database.dialect().isShared()) {
              assertThat(count(database, "SELECT COUNT(DISTINCT xmin::text) FROM key_address"))
                  .isEqualTo(3);
            }
            addresses.fill();
            assertThat(count(database, "SELECT COUNT(*) FROM key_address")).isEqualTo(2 * MANY);
          }
        });
  }

  private static String point(int secret) {
    byte[] point = Secp256k1.get().pubkeyCreate(Word.of(secret));
    return HexFormat.of().formatHex(point, 1, 33);
  }

  private static long count(Database database, String sql) {
    return database.read(reader -> reader.number(sql, -1));
  }
}
