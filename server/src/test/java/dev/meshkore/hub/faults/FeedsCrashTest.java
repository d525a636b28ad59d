package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A hub that is killed while it tells of what is new on the market tells everything, once.
@Tag("faults")
final class FeedsCrashTest {
  private static final int ROUNDS = 4;

  /// None of them sells more than a feed tells of one in an hour.
  private static final int SELLERS = 3;

  private static final Duration MOST = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void tellsEverythingOnceWhereverItIsKilled() throws Exception {
    for (DatabaseUrl database : TestDatabase.each(folder).toList()) {
      Path place = folder.resolve(database.dialect().name());
      crash(new HubProcess(place, folder.resolve("hub.log")).on(database));
    }
  }

  private static void crash(HubProcess process) throws Exception {
    long seed = Long.getLong("crash.seed", new Random().nextLong());
    var random = new Random(seed);
    try (HubProcess hub = process.start();
        HttpClient http = HttpClient.newHttpClient()) {
      var sellers = new ArrayList<Player>();
      for (int i = 0; i < SELLERS; i++) {
        sellers.add(new Player(hub.uri("/"), http, hub.invite(), "seller-" + i).register());
      }
      var readers = new ArrayList<Player>();
      for (int i = 0; i < 3; i++) {
        Player reader = new Player(hub.uri("/"), http, hub.invite(), "reader-" + i).register();
        for (String query : List.of("tides", "water high")) {
          assertThat(reader.post("/feeds", "{\"query\":\"" + query + "\"}").status())
              .isEqualTo(201);
        }
        readers.add(reader);
      }
      var made = new ArrayList<String>();
      for (int round = 0; round < ROUNDS; round++) {
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
          Player seller = sellers.get(made.size() % SELLERS);
          made.add(publish(seller, "Tide table " + made.size()));
        }
        // Anywhere in the half second in which it looks, keeps, writes and tells.
        long until = System.nanoTime() + random.nextInt(900) * 1_000_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        hub.kill();
        hub.start();
        for (Player reader : readers) {
          reader.register();
        }
        for (Player seller : sellers) {
          seller.register();
        }
      }
      for (Player reader : readers) {
        assertThat(told(reader, made.size() * 2))
            .as("seed %s", seed)
            .containsExactlyInAnyOrderElementsOf(twice(made));
      }
    }
  }

  private static String publish(Player seller, String name) throws Exception {
    String body =
        "{\"name\":\""
            + name
            + "\",\"description\":\"When the water is high\",\"price\":"
            + "{\"asset\":\"EUR\",\"amount\":\"1\",\"unit\":\"item\"}}";
    Player.Answer answer = seller.post("/services", body);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(201);
    return answer.body().get("service_id").asString();
  }

  /// Each of two feeds tells of each.
  private static List<String> twice(List<String> made) {
    var twice = new ArrayList<>(made);
    twice.addAll(made);
    return twice;
  }

  private static List<String> told(Player reader, int least)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + MOST.toNanos();
    var told = new ArrayList<String>();
    long after = 0;
    while (told.size() < least && System.nanoTime() < deadline) {
      JsonNode page = reader.get("/messages?limit=1000&wait=1&after=" + after).body();
      after = page.get("after").longValue();
      for (JsonNode message : page.get("messages")) {
        for (JsonNode match : message.path("payload").path("matches")) {
          told.add(match.get("service_id").asString());
        }
      }
    }
    return told;
  }
}
