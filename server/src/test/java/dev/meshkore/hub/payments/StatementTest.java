package dev.meshkore.hub.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.Seeds;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What moved on an account, by time.
final class StatementTest {
  @TempDir private Path folder;

  @Test
  void whatMovedComesOutEvenHoweverItIsCutIntoPages() throws Exception {
    Bank.onEach(
        folder,
        bank ->
            Seeds.forAll(
                1,
                random -> {
                  Caller alice = bank.agent("alice", "1000");
                  Caller bob = bank.agent("bob", "50");
                  var times = new ArrayList<Instant>();
                  for (int i = 0; i < 60; i++) {
                    move(bank, random, i, alice, bob);
                    if (random.nextInt(3) == 0) {
                      bank.hub.advance(Duration.ofMillis(random.nextInt(90_000)));
                    }
                    // As exact as what a statement tells.
                    times.add(bank.hub.now().truncatedTo(ChronoUnit.MILLIS));
                  }
                  for (int i = 0; i < 12; i++) {
                    Instant one = times.get(random.nextInt(times.size()));
                    Instant other = times.get(random.nextInt(times.size()));
                    boolean isInOrder = one.isBefore(other);
                    addsUp(
                        random.nextBoolean() ? alice : bob,
                        isInOrder ? one : other,
                        isInOrder ? other : one,
                        1 + random.nextInt(40));
                  }
                  Instant end = bank.hub.now().plusSeconds(1);
                  for (Caller agent : List.of(alice, bob)) {
                    long closing = addsUp(agent, Instant.EPOCH.plusSeconds(1), end, 7, true);
                    JsonNode balance = agent.get(200, "/wallet").get("balances").get(0);
                    assertThat(closing)
                        .isEqualTo(
                            balance.get("available_atoms").longValue()
                                + balance.get("held_atoms").longValue());
                  }
                  bank.check();
                }));
  }

  private static void move(Bank bank, SplittableRandom random, int i, Caller alice, Caller bob) {
    Caller payer = random.nextBoolean() ? alice : bob;
    String to = payer == alice ? "bob" : "alice";
    long atoms = 1 + random.nextLong(3_000_000);
    boolean isHeld = random.nextInt(3) == 0;
    String body =
        "{\"id\":\"p%d\",\"to\":\"%s\",\"atoms\":%d%s}"
            .formatted(i, to, atoms, isHeld ? ",\"hold_seconds\":3600" : "");
    JsonNode made = payer.post(201, "/wallet/transfers", body);
    String id = made.get("transfer_id").stringValue();
    if (isHeld && random.nextBoolean()) {
      bank.hub.advance(Duration.ofMillis(random.nextInt(5_000)));
      Bank.change(payer, id, "post", "{\"atoms\":" + (1 + random.nextLong(atoms)) + "}");
    } else if (isHeld && random.nextBoolean()) {
      Bank.change(payer == alice ? bob : alice, id, "release", "{}");
    } else if (!isHeld && random.nextInt(4) == 0) {
      String part = "{\"id\":\"r%d\",\"atoms\":%d}".formatted(i, 1 + random.nextLong(atoms));
      (payer == alice ? bob : alice).post(201, "/wallet/transfers/" + id + "/refund", part);
    }
  }

  private static long addsUp(Caller agent, Instant from, Instant to, int limit) {
    return addsUp(agent, from, to, limit, false);
  }

  /// Reads all pages of a time; each comes out even, and begins where the one before ended.
  private static long addsUp(
      Caller agent, Instant from, Instant to, int limit, boolean isFromTheBeginning) {
    Instant begin = isFromTheBeginning ? to.minus(Duration.ofDays(366)) : from;
    String path = "/wallet/statement?from=%s&to=%s&limit=%d".formatted(begin, to, limit);
    JsonNode page = agent.get(200, path);
    long closing = page.get("balances").get(0).get("opening_atoms").longValue();
    if (isFromTheBeginning) {
      assertThat(closing).isZero();
    }
    String before = "";
    while (true) {
      JsonNode balance = page.get("balances").get(0);
      assertThat(balance.get("opening_atoms").longValue()).isEqualTo(closing);
      for (JsonNode line : page.get("lines")) {
        closing += line.get("change_atoms").longValue();
        assertThat(line.get("balance_atoms").longValue()).isEqualTo(closing).isNotNegative();
        String madeAt = line.get("made_at").stringValue();
        assertThat(madeAt).isGreaterThanOrEqualTo(before);
        assertThat(Instant.parse(madeAt)).isBefore(to).isAfterOrEqualTo(begin);
        before = madeAt;
      }
      assertThat(balance.get("closing_atoms").longValue()).isEqualTo(closing);
      if (page.get("next").isNull()) {
        break;
      }
      assertThat(page.get("lines")).hasSize(limit);
      page = agent.get(200, path + "&cursor=" + page.get("next").stringValue());
    }
    // Somebody who asks for all at once reads the same.
    JsonNode whole =
        agent.get(200, "/wallet/statement?from=%s&to=%s&limit=1000".formatted(begin, to));
    assertThat(whole.get("balances").get(0).get("closing_atoms").longValue()).isEqualTo(closing);
    return closing;
  }

  @Test
  void pagesOfCsvAreOneFileAndNoCellIsAFormula() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "10");
          Caller bob = bank.agent("bob", "0");
          for (String about : List.of("=1+1", "+2", "-3", "@SUM(A1)", "a,b", "say\"so\"")) {
            String more = ",\"about\":\"" + about.replace("\"", "\\\"") + "\"";
            String id = "p" + (about.hashCode() & 0xffff);
            alice.post(201, "/wallet/transfers", Bank.payment(id, "bob", "1.5", more));
          }
          var file = new StringBuilder();
          String path = "/wallet/statement?format=csv&limit=4";
          int pages = 0;
          while (path != null) {
            HttpResponse<String> page = bob.exchange("GET", path, null);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/csv")
                .endsWith(pages == 0 ? "header=present" : "header=absent");
            file.append(page.body());
            path =
                page.headers()
                    .firstValue("Link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse(null);
            pages++;
          }
          assertThat(pages).isEqualTo(2);
          assertThat(file.toString().split("\r\n")).hasSize(9);
          assertThat(file.toString())
              .startsWith(
                  "line,made_at,transfer_id,purpose,with,about,asset,paid_in,paid_out,balance\r\n"
                      + "opening,")
              .contains(",,,,,CREDIT,,,0.000000\r\n")
              .contains(",payment,alice,'=1+1,CREDIT,1.500000,,1.500000\r\n")
              .contains(",'+2,", ",'-3,", ",'@SUM(A1),", ",\"a,b\",", ",\"say\"\"so\"\"\",")
              .endsWith(",,,,,CREDIT,,,9.000000\r\n");
          HttpResponse<String> paid =
              alice.exchange("GET", "/wallet/statement", null, Map.of("Accept", "text/csv"));
          assertThat(paid.body()).contains(",CREDIT,,1.500000,8.500000\r\n", ",deposit,issued,");
          assertThat(alice.get(200, "/wallet/statement").get("lines")).hasSize(7);
        });
  }

  @Test
  void whatIsNoTimeIsRefused() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller alice = bank.agent("alice", "0");
          for (String query :
              List.of(
                  "from=yesterday",
                  "from=2026-01-01",
                  "to=2026-13-01T00:00:00Z",
                  "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
                  "from=2025-01-01T00:00:00Z&to=2026-01-02T00:00:01Z",
                  "to=+1000000000-12-31T00:00:00Z",
                  "cursor=7",
                  "cursor=0-0",
                  "cursor=9999999999999999999-1",
                  "limit=0",
                  "limit=1001",
                  "format=xml")) {
            assertThat(Bank.slug(alice.get(400, "/wallet/statement?" + query)))
                .as(query)
                .isEqualTo("invalid-field");
          }
          JsonNode empty =
              alice.get(200, "/wallet/statement?from=1960-01-01T00:00:00Z&to=1960-02-01T00:00:00Z");
          assertThat(empty.get("lines")).isEmpty();
          assertThat(empty.get("balances").get(0).get("closing").stringValue())
              .isEqualTo("0.000000");
        });
  }
}
