package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// An invite is a secret that nobody comes near to by trying.
final class InviteGuessTest {
  private TestHub hub;
  private Caller nobody;
  private Caller admin;

  @BeforeEach
  void begin() {
    hub = TestHub.start(Map.of());
    nobody = Caller.withoutKey(hub);
    admin = Caller.admin(hub);
  }

  @AfterEach
  void end() {
    hub.close();
  }

  @Test
  void whatIsNearlyAnInviteIsNone() {
    String nonce = nonce();
    var near = new ArrayList<String>();
    for (int i = 0; i < nonce.length(); i++) {
      char other = nonce.charAt(i) == 'A' ? 'B' : 'A';
      near.add(nonce.substring(0, i) + other + nonce.substring(i + 1));
    }
    near.addAll(
        List.of(
            "A".repeat(22),
            nonce + "A",
            nonce.substring(1),
            nonce + "%20",
            nonce + "=",
            nonce + "%00",
            "A".repeat(7_000)));
    near.add(swapped(nonce));
    String join = "{\"agent_id\":\"thief\"}";
    var answers = new HashSet<String>();
    for (String guess : near) {
      answers.add(seen(nobody.exchange("POST", "/join/" + guess, join)));
      answers.add(seen(nobody.exchange("GET", "/join/" + guess, null)));
    }
    assertThat(answers).hasSize(1);
    assertThat(answers.iterator().next()).startsWith("404 ").contains("unknown-invite");
    assertThat(nobody.exchange("POST", "/join/" + nonce + "/", join).statusCode()).isEqualTo(404);
    for (String method : List.of("GET", "HEAD", "OPTIONS")) {
      for (int i = 0; i < 50; i++) {
        nobody.exchange(method, "/join/" + nonce, null);
      }
    }
    nobody.post(201, "/join/" + nonce, "{\"agent_id\":\"alice\"}");
  }

  @Test
  void anInviteIsTooLongToBeGuessed() {
    var seen = new HashSet<String>();
    var ones = new int[128];
    int count = 200;
    for (int i = 0; i < count; i++) {
      String nonce = nonce();
      byte[] bytes = Base64.getUrlDecoder().decode(nonce);
      assertThat(bytes).hasSize(16);
      assertThat(seen.add(nonce)).isTrue();
      for (int bit = 0; bit < 128; bit++) {
        ones[bit] += bytes[bit / 8] >> (bit % 8) & 1;
      }
    }
    // Of a fair bit, fewer than 50 or more than 150 ones among 200 come once in 10^12.
    assertThat(Arrays.stream(ones).allMatch(one -> one > 50 && one < 150)).isTrue();
  }

  private String nonce() {
    JsonNode made = admin.post(201, "/invites", "{}");
    String url = made.get("url").stringValue();
    return url.substring(url.lastIndexOf('/') + 1);
  }

  private static String swapped(String nonce) {
    return nonce
        .chars()
        .mapToObj(one ->
            String.valueOf(
                (char)
                    (Character.isUpperCase(one)
                        ? Character.toLowerCase(one)
                        : Character.toUpperCase(one))))
        .collect(java.util.stream.Collectors.joining());
  }

  private static String seen(HttpResponse<String> answer) {
    return answer.statusCode() + " " + answer.body();
  }
}
