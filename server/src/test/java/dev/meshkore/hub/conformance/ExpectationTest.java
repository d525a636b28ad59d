package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A runner that accepts everything would prove nothing.
final class ExpectationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"a":1}                    | {"a":1,"b":2}
          {"a":1}                    | {"a":1.0}
          {"a":"*"}                  | {"a":null}
          {"a":null}                 | {"a":null}
          {"a":{"$absent":true}}     | {"b":1}
          {"a":[1,{"b":2}]}          | {"a":[1,{"b":2,"c":3}]}
          {"a":{"$contains":[2]}}    | {"a":[1,2,3]}
          {"a":{"$length":2}}        | {"a":[1,2]}
          {"a":{"$pattern":"^b+$"}}  | {"a":"bbb"}
          """)
  void acceptsWhatMatches(String expected, String actual) {
    assertThat(bodyDifferences(expected, actual)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"a":1}                    | {"a":2}
          {"a":1}                    | {"a":"1"}
          {"a":"*"}                  | {"b":1}
          {"a":null}                 | {}
          {"a":{}}                   | {"a":1}
          {"a":{"$absent":true}}     | {"a":null}
          {"a":[1]}                  | {"a":[1,2]}
          {"a":[]}                   | {"a":{}}
          {"a":[{"b":1}]}            | {"a":[{"b":2}]}
          {"a":{"$contains":[4]}}    | {"a":[1,2,3]}
          {"a":{"$contains":[4]}}    | {"a":"4"}
          {"a":{"$length":2}}        | {"a":[1]}
          {"a":{"$pattern":"^b+$"}}  | {"a":"abb"}
          {"a":{"$pattern":"1"}}     | {"a":1}
          {"a":1}                    | no JSON
          """)
  void noticesWhatDiffers(String expected, String actual) {
    assertThat(bodyDifferences(expected, actual)).isNotEmpty();
  }

  @Test
  void noticesAnotherStatusHeaderOrText() {
    Answer answer = answer(200, "{\"secret\":1}");
    assertThat(Expectation.differences(json("{\"status\":[201,204]}"), answer)).hasSize(1);
    assertThat(Expectation.differences(json("{\"headers\":{\"Allow\":\"*\"}}"), answer)).hasSize(1);
    assertThat(Expectation.differences(json("{\"forbid\":[\"secret\"]}"), answer)).hasSize(1);
    assertThat(Expectation.differences(json("{\"require\":[\"more\"]}"), answer)).hasSize(1);
  }

  @Test
  void noticesAnotherProblem() {
    String body =
        """
        {"type":"/problems/unknown-agent","title":"There is no such agent","status":404}
        """;
    assertThat(Expectation.differences(json("{\"problem\":\"unknown-agent\"}"), answer(404, body)))
        .isEmpty();
    assertThat(Expectation.differences(json("{\"problem\":\"unknown-agent\"}"), answer(400, body)))
        .isNotEmpty();
    assertThat(Expectation.differences(json("{\"problem\":\"unknown-invite\"}"), answer(404, body)))
        .isNotEmpty();
    assertThat(Expectation.differences(json("{\"problem\":\"about:blank\"}"), answer(404, body)))
        .isNotEmpty();
  }

  @Test
  void refusesAMisspeltExpectation() {
    assertThatThrownBy(() -> Expectation.differences(json("{\"boddy\":{}}"), answer(200, "{}")))
        .hasMessageContaining("boddy");
    assertThatThrownBy(
            () -> Expectation.differences(json("{\"problem\":\"no-such\"}"), answer(200, "{}")))
        .hasMessageContaining("no-such");
  }

  private static List<String> bodyDifferences(String expected, String actual) {
    return Expectation.differences(json("{\"body\":" + expected + "}"), answer(200, actual));
  }

  private static Answer answer(int status, String body) {
    return new Answer(
        status,
        Map.of("content-type", "application/problem+json"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(String text) {
    return CaseFile.MAPPER.readTree(text);
  }
}
