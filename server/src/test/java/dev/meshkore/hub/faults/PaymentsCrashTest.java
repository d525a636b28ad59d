package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The hub is killed again and again while an agent pays under a mandate, from many threads, and
/// repeats whatever had no answer: every payment that was answered is there once, no atom is spent
/// over the mandate's limit, and the books come out even. `-Dpayments.rounds` says how often.
@Tag("faults")
final class PaymentsCrashTest {
  private static final int ROUNDS = Integer.getInteger("payments.rounds", 3);
  private static final int PAYERS = 8;
  private static final long LIMIT = 3_000L * ROUNDS;

  @TempDir private Path folder;

  @Test
  void nothingIsPaidTwiceOrOverTheLimit() throws Exception {
    for (DatabaseUrl database : TestDatabase.each(folder).toList()) {
      Path place = folder.resolve(database.dialect().name());
      try (HubProcess hub = new HubProcess(place, folder.resolve("hub.log")).on(database).start();
          HttpClient http = HttpClient.newHttpClient()) {
        new Storm(hub, http, Files.readString(place.resolve("admin.key")).strip()).run();
      }
    }
  }

  private static final class Storm {
    private final HubProcess hub;
    private final HttpClient http;
    private final String admin;
    private final Map<String, Long> paid = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);

    Storm(HubProcess hub, HttpClient http, String admin) {
      this.hub = hub;
      this.http = http;
      this.admin = admin;
    }

    void run() throws Exception {
      long seed = Long.getLong("crash.seed", new Random().nextLong());
      var random = new Random(seed);
      String owner = must(201, "POST", "/owners", admin, "{\"name\":\"Ada\"}", "api_key");
      String invite = must(201, "POST", "/invites", owner, "{}", "url");
      String alice = join(invite, "alice");
      String bob = join(must(201, "POST", "/invites", admin, "{}", "url"), "bob");
      String deposit = "{\"id\":\"d\",\"agent_id\":\"alice\",\"atoms\":1000000}";
      must(201, "POST", "/deposits", admin, deposit, "state");
      String mandate =
          "{\"agent_id\":\"alice\",\"calls\":[\"profile\"],\"counterparties\":{},"
              + "\"spend\":[{\"asset\":\"CREDIT\",\"amount\":%d}]}".formatted(LIMIT);
      must(201, "POST", "/mandates", owner, mandate, "mandate_id");
      List<Thread> payers = new ArrayList<>();
      for (int i = 0; i < PAYERS; i++) {
        int number = i;
        payers.add(Thread.ofVirtual().start(() -> pay(number, alice)));
      }
      for (int round = 0; round < ROUNDS; round++) {
        var _ = over.await(200 + random.nextInt(900), TimeUnit.MILLISECONDS);
        hub.kill();
        hub.start();
      }
      over.countDown();
      for (Thread payer : payers) {
        payer.join();
      }
      check(seed, alice, bob);
    }

    /// Pays three at a time until it is over, and asks again for what had no answer.
    private void pay(int number, String alice) {
      for (int i = 0; over.getCount() > 0; i++) {
        String id = "p" + number + "-" + i;
        String body = "{\"id\":\"" + id + "\",\"to\":\"bob\",\"atoms\":3}";
        boolean isAnswered = false;
        while (!isAnswered) {
          isAnswered = payOnce(id, body, alice);
        }
      }
    }

    private boolean payOnce(String id, String body, String alice) {
      try {
        HttpResponse<String> answer = ask("POST", "/wallet/transfers", alice, body);
        if (answer.statusCode() / 100 == 2) {
          JsonNode transfer = Player.JSON.readTree(answer.body());
          paid.put(id, Long.parseLong(transfer.get("transfer_id").asString().substring(1)));
          return true;
        }
        return answer.statusCode() == 429;
      } catch (IOException _) {
        Thread.onSpinWait();
        return false;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return true;
      }
    }

    private void check(long seed, String alice, String bob) throws Exception {
      long got =
          Player.JSON
              .readTree(ask("GET", "/wallet", bob, null).body())
              .at("/balances/0/available_atoms")
              .asLong();
      assertThat(got).as("seed %s", seed).isEqualTo(3L * paid.size()).isLessThanOrEqualTo(LIMIT);
      assertThat(paid.values()).as("seed %s", seed).doesNotHaveDuplicates();
      long left = LIMIT - got;
      assertThat(status(alice, "over", left + 1)).isEqualTo(429);
      assertThat(left == 0 ? 201 : status(alice, "last", left)).isEqualTo(201);
      assertThat(status(alice, "more", 1)).isEqualTo(429);
      JsonNode books = Player.JSON.readTree(ask("GET", "/ledger", admin, null).body());
      assertThat(books.get("differences")).as("seed %s", seed).isEmpty();
    }

    private int status(String alice, String id, long atoms) throws Exception {
      String body = "{\"id\":\"%s\",\"to\":\"bob\",\"atoms\":%d}".formatted(id, atoms);
      return ask("POST", "/wallet/transfers", alice, body).statusCode();
    }

    private String join(String invite, String id) throws Exception {
      String path = invite.substring(invite.indexOf("/join/"));
      return must(201, "POST", path, "", "{\"agent_id\":\"" + id + "\"}", "api_key");
    }

    private String must(
        int status, String method, String path, String key, String body, String member)
        throws Exception {
      HttpResponse<String> answer = ask(method, path, key, body);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      return Player.JSON.readTree(answer.body()).get(member).asString();
    }

    private HttpResponse<String> ask(String method, String path, String key, @Nullable String body)
        throws IOException, InterruptedException {
      HttpRequest.BodyPublisher publisher =
          body == null
              ? HttpRequest.BodyPublishers.noBody()
              : HttpRequest.BodyPublishers.ofString(body);
      URI uri = hub.uri(path);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).method(method, publisher);
      if (!key.isEmpty()) {
        request.header("Authorization", "Bearer " + key);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
