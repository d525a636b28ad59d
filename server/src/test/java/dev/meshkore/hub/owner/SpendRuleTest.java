package dev.meshkore.hub.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.SendRule.Spending;
import dev.meshkore.hub.guard.SendRule.Spending.Way;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.identity.Proof;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.reputation.EarnedTrust;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestAudit;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// For what, by what and by which mandates is spent.
final class SpendRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");
  private static final InstantSource TIME = InstantSource.fixed(NOW);
  private static final Way ESCROW = new Way("language/translation", Way.LEDGER, true);

  @TempDir static Path folder;

  private static Stream<DatabaseUrl> urls() {
    return TestDatabase.each(folder);
  }

  /// An owner's agents, and what they may spend.
  private static final class Scene implements AutoCloseable {
    final Database database;
    final Agents agents;
    final Owners owners;
    final Owner ada;
    final SpendRule rule;
    int mandates;

    Scene(DatabaseUrl url) {
      database = Database.open(url, () -> 0, () -> {});
      agents = new Agents(database, TestAudit.any());
      var random = new SecureRandom();
      var invites = new Invites(database, TestAudit.any(), () -> "http://hub.test", TIME, random);
      var keys =
          new AgentKeys(
              database,
              TestAudit.any(),
              new Revocations(database),
              () -> "http://hub.test",
              TIME,
              random);
      owners = new Owners(database, TestAudit.any(), agents, invites, keys, TIME, random);
      ada = owners.make(new OwnerFields("Ada", null, null, null, false), Optional.empty()).owner();
      rule = new SpendRule(new Budgets(TIME), new Trust(database, new EarnedTrust()), TIME);
    }

    long agent(String id, boolean isOwned) {
      long agent =
          database.write(transaction ->
              agents.create(
                  transaction,
                  new AgentId(id),
                  ApiKeyHash.ofMade(ApiKeyHash.makeKey(new SecureRandom())),
                  Profile.EMPTY,
                  NOW));
      if (isOwned) {
        var caller = new Caller.OfAgent(agent, id, new Proof(Proof.Way.API_KEY, 0, ""));
        assertThat(
                database.<Boolean>write(
                    transaction -> owners.attested(transaction, caller, ada, NOW)))
            .isTrue();
      }
      return agent;
    }

    String allow(long agent, Optional<String> parent, String spend) {
      String grants =
          "{\"calls\":[],\"counterparties\":{\"agents\":[\"*\"]},\"delegation_depth\":3,"
              + ("\"spend\":[" + spend + "]}");
      String id = "mnd_" + mandates++;
      var mandate =
          new Mandate(
              id,
              ada.number(),
              agent,
              parent,
              parent.isPresent() ? 1 : 0,
              Mandate.Form.HUB,
              Grants.ofText(grants),
              "token" + id,
              NOW,
              NOW,
              NOW.plusSeconds(3_600),
              Optional.empty());
      assertThat(database.<Boolean>write(transaction -> SqlMandates.insert(transaction, mandate)))
          .isTrue();
      return id;
    }

    /// Why it may not be spent, and by which limit; empty where it may.
    String spend(long payer, String asset, long atoms, Way way) {
      long payee = agents.numberOf("bob").orElseThrow();
      var spending = new Spending(payer, payee, "bob", asset, atoms, "", null, 0, _ -> false, way);
      try {
        database.write(transaction -> {
          rule.spend(transaction, spending).count(transaction);
          return true;
        });
        return "";
      } catch (Refused refused) {
        assertThat(refused.type()).isIn(ProblemType.MANDATE_REQUIRED, ProblemType.BUDGET_EXHAUSTED);
        return refused.type().slug() + " " + refused.members().getOrDefault("scope", "");
      }
    }

    @Override
    public void close() {
      database.close();
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void whatAMandateDoesNotNameIsNotSpent(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      long alice = scene.agent("alice", true);
      scene.agent("bob", false);
      scene.allow(
          alice,
          Optional.empty(),
          """
          {"asset":"CREDIT","amount":1000,"categories":["language","data/weather"],
           "rails":["eip155:8453","ledger"],"require_escrow_over":50}
          """);
      String required = "mandate-required mandate:mnd_0 ";
      assertThat(scene.spend(alice, "CREDIT", 10, Way.PLAIN)).isEqualTo(required + "categories");
      for (String category : List.of("languages", "data", "data/weatherman", "x/language")) {
        assertThat(scene.spend(alice, "CREDIT", 1, new Way(category, Way.LEDGER, false)))
            .isEqualTo(required + "categories");
      }
      for (String rail : List.of("eip155:1", "eip155:84532", "LEDGER", "")) {
        assertThat(scene.spend(alice, "CREDIT", 1, new Way("language", rail, false)))
            .isEqualTo(required + "rails");
      }
      assertThat(scene.spend(alice, "CREDIT", 50, new Way("language/x", "eip155:8453", false)))
          .isEmpty();
      assertThat(scene.spend(alice, "CREDIT", 51, new Way("data/weather", Way.LEDGER, false)))
          .isEqualTo("budget-exhausted mandate:mnd_0 require_escrow_over");
      assertThat(scene.spend(alice, "CREDIT", 51, ESCROW)).isEmpty();
      assertThat(scene.spend(alice, "CREDIT", 900, ESCROW))
          .isEqualTo("budget-exhausted mandate:mnd_0");
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void whatNamesNoRailIsSpentByTheLedgerAlone(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      long alice = scene.agent("alice", true);
      scene.agent("bob", false);
      scene.allow(alice, Optional.empty(), "{\"asset\":\"CREDIT\",\"amount\":1000}");
      assertThat(scene.spend(alice, "CREDIT", 1, new Way("any", "eip155:8453", false)))
          .isEqualTo("mandate-required mandate:mnd_0 rails");
      assertThat(scene.spend(alice, "CREDIT", 1, new Way("any", Way.LEDGER, false))).isEmpty();
    }
  }

  /// The address of a token may be written in two ways: that makes no second limit.
  @ParameterizedTest
  @MethodSource("urls")
  void aTokenHasOneLimitHoweverItIsWritten(DatabaseUrl url) {
    String small = "eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913";
    String large = "eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
    try (var scene = new Scene(url)) {
      long alice = scene.agent("alice", true);
      scene.agent("bob", false);
      String limit = "{\"asset\":\"%s\",\"amount\":7}";
      scene.allow(alice, Optional.empty(), limit.formatted(large));
      assertThat(scene.spend(alice, small, 7, Way.PLAIN)).isEmpty();
      assertThat(scene.spend(alice, small, 1, Way.PLAIN)).startsWith("budget-exhausted");
      String twice = limit.formatted(large) + "," + limit.formatted(small);
      String grants = "{\"counterparties\":{},\"spend\":[" + twice + "]}";
      assertThatThrownBy(() -> Grants.read(Fields.read(grants.getBytes(StandardCharsets.UTF_8))))
          .hasMessageContaining("each asset once");
      // One that was stored before both names were one is read, and allows what both allow.
      long carol = scene.agent("carol", true);
      scene.allow(carol, Optional.empty(), twice.replaceFirst(":7", ":5"));
      assertThat(scene.spend(carol, small, 5, Way.PLAIN)).isEmpty();
      assertThat(scene.spend(carol, large, 1, Way.PLAIN)).isEqualTo("mandate-required ");
      assertThat(scene.spend(carol, small, 1, Way.PLAIN)).startsWith("budget-exhausted");
    }
  }

  /// What is left of one asset says nothing of another.
  @ParameterizedTest
  @MethodSource("urls")
  void anotherAssetIsNoWayAroundALimit(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      long alice = scene.agent("alice", true);
      scene.agent("bob", false);
      scene.allow(alice, Optional.empty(), "{\"asset\":\"CREDIT\",\"amount\":100}");
      for (String asset : List.of("EUR", "credit", "CREDIT2", "eip155:8453/erc20:0x1", "")) {
        assertThat(scene.spend(alice, asset, 1, Way.PLAIN)).isEqualTo("mandate-required ");
      }
      scene.allow(
          alice,
          Optional.empty(),
          "{\"asset\":\"EUR\",\"amount\":7},{\"asset\":\"USD\",\"amount\":9}");
      assertThat(scene.spend(alice, "EUR", 7, Way.PLAIN)).isEmpty();
      assertThat(scene.spend(alice, "EUR", 1, Way.PLAIN))
          .isEqualTo("budget-exhausted mandate:mnd_1");
      assertThat(scene.spend(alice, "USD", 9, Way.PLAIN)).isEmpty();
      assertThat(scene.spend(alice, "USD", 1, Way.PLAIN)).startsWith("budget-exhausted");
      assertThat(scene.spend(alice, "CREDIT", 100, Way.PLAIN)).isEmpty();
      assertThat(scene.spend(alice, "CREDIT", 1, Way.PLAIN)).startsWith("budget-exhausted");
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void whatWasHandedOnKeepsAllLimitsBeforeIt(DatabaseUrl url) {
    try (var scene = new Scene(url)) {
      long alice = scene.agent("alice", true);
      long helper = scene.agent("helper", true);
      scene.agent("bob", false);
      String parent =
          scene.allow(
              alice,
              Optional.empty(),
              """
              {"asset":"CREDIT","amount":100,"categories":["language"],"rails":["ledger"],
               "require_escrow_over":50,"windows":[{"calendar":"month","amount":90}]}
              """);
      // Wider than its parent, as none that is presented can be: the chain holds all the same.
      scene.allow(
          helper,
          Optional.of(parent),
          "{\"asset\":\"CREDIT\",\"amount\":1000,\"rails\":[\"ledger\",\"eip155:8453\"]}");
      assertThat(scene.spend(helper, "CREDIT", 1, Way.PLAIN))
          .isEqualTo("mandate-required mandate:mnd_0 categories");
      assertThat(scene.spend(helper, "CREDIT", 1, new Way("language", "eip155:8453", false)))
          .isEqualTo("mandate-required mandate:mnd_0 rails");
      assertThat(scene.spend(helper, "CREDIT", 51, new Way("language", Way.LEDGER, false)))
          .isEqualTo("budget-exhausted mandate:mnd_0 require_escrow_over");
      assertThat(scene.spend(helper, "CREDIT", 80, ESCROW)).isEmpty();
      assertThat(scene.spend(alice, "CREDIT", 11, ESCROW))
          .isEqualTo("budget-exhausted mandate:mnd_0");
      assertThat(scene.spend(alice, "CREDIT", 10, ESCROW)).isEmpty();
      assertThat(scene.spend(helper, "CREDIT", 1, ESCROW))
          .isEqualTo("budget-exhausted mandate:mnd_0");
    }
  }

  /// Whoever checks that a limit is within another must find every way to be wider.
  @Test
  void whatIsWithinAllowsNothingThatTheWiderDoesNot() {
    Seeds.forAll(
        300,
        random -> {
          SpendLimit narrow = limit(random);
          SpendLimit wide = limit(random);
          assertThat(narrow.isWithin(narrow)).isTrue();
          if (!narrow.isWithin(wide)) {
            return;
          }
          for (int i = 0; i < 50; i++) {
            long atoms = random.nextInt(8);
            var way = new Way(one(random, CATEGORIES), one(random, RAILS), random.nextBoolean());
            if (allows(narrow, atoms, way)) {
              assertThat(allows(wide, atoms, way)).as("%s of %s", narrow, wide).isTrue();
            }
          }
        });
  }

  private static final List<String> CATEGORIES = List.of("", "a", "a/b", "a/b/c", "ab", "b");
  private static final List<String> RAILS = List.of("ledger", "eip155:1", "eip155:10");

  private static String one(SplittableRandom random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private static boolean allows(SpendLimit limit, long atoms, Way way) {
    return limit.way().allowsCategory(way.category())
        && limit.way().allowsRail(way.rail())
        && atoms <= limit.perPayment().orElse(Long.MAX_VALUE)
        && (way.isEscrowed() || atoms <= limit.requireEscrowOver().orElse(Long.MAX_VALUE));
  }

  private static SpendLimit limit(SplittableRandom random) {
    var text = new StringBuilder("{\"asset\":\"CREDIT\",\"amount\":9");
    if (random.nextBoolean()) {
      text.append(",\"per_payment\":").append(random.nextInt(8));
    }
    if (random.nextBoolean()) {
      text.append(",\"require_escrow_over\":").append(random.nextInt(8));
    }
    if (random.nextBoolean()) {
      text.append(",\"categories\":").append(some(random, CATEGORIES.subList(1, 6)));
    }
    if (random.nextBoolean()) {
      text.append(",\"rails\":").append(some(random, RAILS));
    }
    return SpendLimit.read(Fields.read((text + "}").getBytes(StandardCharsets.UTF_8)));
  }

  private static String some(SplittableRandom random, List<String> words) {
    var some = new ArrayList<String>();
    words.stream().filter(_ -> random.nextInt(3) > 0).forEach(some::add);
    if (some.isEmpty()) {
      some.add(words.getFirst());
    }
    return "[\"" + String.join("\",\"", some) + "\"]";
  }
}
