package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A call that is answered while others read it.
final class AnsweredMeanwhileTest {
  private static final int CALLS = 60;
  private static final int READERS = 4;

  @TempDir Path folder;

  @Test
  void nobodyReadsThatItHadNoAnswer() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          var shop = new Shop(bank);
          Set<String> seen = ConcurrentHashMap.newKeySet();
          for (int i = 0; i < CALLS; i++) {
            answerWhileOthersRead(shop, i, seen);
          }
          assertThat(seen).containsOnly("waiting", "answered");
        });
  }

  private static void answerWhileOthersRead(Shop shop, int number, Set<String> seen)
      throws InterruptedException {
    String body =
        "{\"id\":\"c%d\",\"service_id\":\"%s\",\"max\":{\"amount\":\"0.01\"}}"
            .formatted(number, shop.service);
    JsonNode call = shop.buyer.post(202, "/calls?wait=0", body);
    String path = "/calls/" + call.get("call_id").stringValue();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(
          Thread.ofVirtual()
              .start(() -> {
                String state = "waiting";
                while (state.equals("waiting")) {
                  state = shop.buyer.get(200, path).get("state").stringValue();
                  seen.add(state);
                }
              }));
    }
    shop.answer(call, "{\"output\":1}");
    for (Thread reader : readers) {
      reader.join();
    }
  }
}
