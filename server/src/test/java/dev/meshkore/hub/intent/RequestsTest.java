package dev.meshkore.hub.intent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Labelled requests, read as people mean them: each field that is there, and none that is not.
/// They are said on Tuesday 24 November 2026 at 11:00 in Madrid, unless they say otherwise.
final class RequestsTest {
  private static final String AT = "2026-11-24T10:00:00Z";
  private static final int REQUESTS_LEAST = 240;
  private static final Set<String> GIVEN = Set.of("text", "zone", "at", "wanted");

  private static List<String> lines() throws IOException {
    try (InputStream in = RequestsTest.class.getResourceAsStream("/intent/requests.jsonl")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return all.lines().toList();
    }
  }

  static Stream<String> requests() throws IOException {
    return lines().stream();
  }

  static Asked asked(JsonNode line) {
    JsonNode said = line.path("zone");
    @Nullable String zone =
        said.isNull() ? null : said.isMissingNode() ? "Europe/Madrid" : said.stringValue();
    return new Asked(
        line.path("text").stringValue(),
        zone == null ? null : ZoneId.of(zone),
        Instant.parse(line.path("at").asString(AT)));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void readsAsMeant(String line) {
    var expected = (ObjectNode) Json.own(line.getBytes(StandardCharsets.UTF_8));
    Understood understood = new PlainInterpreter().read(asked(expected));

    if (expected.has("wanted")) {
      assertThat(understood.wanted()).isEqualTo(expected.path("wanted").stringValue());
    }
    GIVEN.forEach(expected::remove);
    assertThat(Told.of(understood).toPrettyString())
        .as(line + "\n" + understood.notes())
        .isEqualTo(expected.toPrettyString());
  }

  @Test
  void thereAreManyOfThem() throws IOException {
    assertThat(lines()).hasSizeGreaterThanOrEqualTo(REQUESTS_LEAST).doesNotHaveDuplicates();
  }
}
