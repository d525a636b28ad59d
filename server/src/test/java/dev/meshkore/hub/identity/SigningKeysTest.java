package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

final class SigningKeysTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aKeyIsPublishedADayBeforeItSignsAndUntilItsTokensExpired(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Map<String, Integer> publishedSince = new HashMap<>();
      Set<String> signedWith = new HashSet<>();
      List<String> yesterdays = new ArrayList<>();
      for (int hour = 0; hour < 24 * 65; hour++) {
        Set<String> published = keyIds(hub);
        for (String id : published) {
          publishedSince.putIfAbsent(id, hour);
        }
        String current = hub.keys.current().id();
        if (signedWith.add(current) && signedWith.size() > 1) {
          assertThat(publishedSince).containsEntry(current, hour - 24);
        }
        assertThat(published).contains(current).hasSizeLessThanOrEqualTo(2);
        yesterdays.add(hub.tokens.issue("bob").value());
        if (hour >= 23) {
          assertThat(freshTokens(hub).verify(yesterdays.get(hour - 23))).isEqualTo("bob");
        }
        hub.time.forward(Duration.ofHours(1));
      }
      assertThat(signedWith).hasSize(3);
      assertThat(keyIds(hub)).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theKeysOutliveTheProcess(DatabaseUrl url) {
    String token;
    try (var hub = new Hub(url, false)) {
      token = hub.tokens.issue("bob").value();
    }
    try (var hub = new Hub(url, false)) {
      assertThat(hub.tokens.verify(token)).isEqualTo("bob");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aLongPauseBringsANewKeyWhichWaitsItsDay(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      String first = hub.keys.current().id();
      hub.time.forward(Duration.ofDays(300));
      assertThat(hub.keys.current().id()).isEqualTo(first);
      assertThat(keyIds(hub)).hasSize(2);
      hub.time.forward(Duration.ofHours(24));
      assertThat(hub.keys.current().id()).isNotEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anExpiredTokenSaysSo(DatabaseUrl url) {
    try (var hub = new Hub(url, false)) {
      Tokens.Token token = hub.tokens.issue("bob");
      hub.time.forward(Duration.between(SettableTime.START, token.expiresAt()).minusMillis(1));
      assertThat(hub.tokens.verify(token.value())).isEqualTo("bob");
      hub.time.forward(Duration.ofMillis(1));
      Hub.assertRefused(ProblemType.TOKEN_EXPIRED, () -> hub.tokens.verify(token.value()));
      Hub.assertRefused(ProblemType.TOKEN_EXPIRED, () -> freshTokens(hub).verify(token.value()));
    }
  }

  /// Tokens that keep no verified one from before.
  private static Tokens freshTokens(Hub hub) {
    return new Tokens(hub.keys, () -> Hub.URL, hub.time, hub.random);
  }

  private static Set<String> keyIds(Hub hub) {
    var ids = new HashSet<String>();
    for (JsonNode key : hub.keys.keySet().get("keys")) {
      ids.add(key.get("kid").stringValue());
    }
    return ids;
  }
}
