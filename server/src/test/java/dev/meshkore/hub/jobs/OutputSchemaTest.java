package dev.meshkore.hub.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.testing.Seeds;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a schema of strangers may ask of the hub.
final class OutputSchemaTest {
  private static ObjectNode withPattern(String pattern) {
    ObjectNode schema = Json.object().put("type", "object");
    schema.putObject("properties").putObject("a").put("type", "string").put("pattern", pattern);
    return schema;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "((a{10}){10}){100}",
        "(?:(?:a{50}){50})",
        "a{1000}\\Q\\E{1000}",
        "a{1000}(?i){1000}",
        "a{1000}\\E{1000}",
        "[]{](?:b{900}){900}",
        "[[:alpha:]](b{900}){900}",
        "\\x{41}(?P<n>b{0,900}){3}",
        "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((a)))))))))))"
            + "))))))))))))))))))))))))))))))))))))))))))))))",
        "(a",
        "a)",
        "[a",
        "\\"
      })
  void patternsThatComeToTooMuchAreRefusedBeforeAnythingIsMadeOfThem(String pattern) {
    assertThat(PatternSize.of(pattern)).isGreaterThan(2_000);
    assertThatThrownBy(() -> OutputSchema.checked(withPattern(pattern)))
        .isInstanceOf(Refused.class);
    ObjectNode names = Json.object();
    names.putObject("patternProperties").putObject(pattern);
    assertThatThrownBy(() -> OutputSchema.checked(names)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(a+)+$",
        "^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}\\.[A-Za-z]{2,24}$",
        "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
            + "(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)"
            + "(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$",
        "^([0-9a-f]{4}-){3}[0-9a-f]{64}$",
        "[[:alpha:]_]{1,64}",
        "\\p{Greek}{2}\\x{41}{3}a{,4}"
      })
  void usualPatternsAreNot(String pattern) {
    ObjectNode schema = withPattern(pattern);
    assertThat(OutputSchema.checked(schema)).isEqualTo(schema);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pattern", "minimum", "const", "anything"})
  void numbersThatNobodyCanKeepAreRefused(String keyword) {
    for (String number : List.of("1".repeat(400), "-" + "1".repeat(400))) {
      ObjectNode schema = Json.object().put("type", "object");
      schema.put(keyword, new BigInteger(number));
      assertThatThrownBy(() -> OutputSchema.checked(schema)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void allPatternsOfASchemaTogetherAreBounded() {
    ObjectNode schema = Json.object();
    ArrayNode all = schema.putArray("allOf");
    for (int i = 0; i < 3; i++) {
      all.addObject().put("pattern", "a{600}");
    }
    OutputSchema.checked(schema);
    all.addObject().put("pattern", "a{600}");
    assertThatThrownBy(() -> OutputSchema.checked(schema)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> OutputSchema.checked(withPattern("[" + "\\pL".repeat(2_000) + "]")))
        .isInstanceOf(Refused.class);
  }

  /// Whatever RE2 takes, it makes no more of it than was told from the text.
  @Test
  void noPatternComesToMoreThanItsTextSays() {
    List<String> pieces =
        List.of(
            "a",
            "b",
            "(",
            "(",
            ")",
            ")",
            "(?:",
            "(?i)",
            "(?i:",
            "(?P<n>",
            "|",
            "*",
            "+",
            "?",
            "{2}",
            "{0,3}",
            "{3,}",
            "{02}",
            "{,4}",
            "{",
            "}",
            "[a-z]",
            "[]a]",
            "[^]{2}]",
            "[[:alpha:]{3}]",
            "[\\]a]",
            "[",
            "]",
            "\\Q",
            "\\E",
            "\\",
            "\\{",
            "\\x{41}",
            "\\pL",
            "\\p{Greek}",
            "^",
            "$",
            "\\b",
            ".",
            "\\d",
            "é",
            "😀");
    Seeds.forAll(
        50_000,
        random -> {
          var text = new StringBuilder();
          for (int i = random.nextInt(1, 14); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
          }
          String pattern = text.toString();
          try {
            assertNoLarger(pattern);
          } catch (PatternSyntaxException _) {
            // Refused by whoever matches.
          }
        });
  }

  @Test
  void starsOfWhatMayBeEmptyAreCountedAsLargerOnes() {
    assertNoLarger("[é\\{]]\\b*(?i){3,}]");
  }

  private static void assertNoLarger(String pattern) {
    long size = PatternSize.of(pattern);
    assertThat(Pattern.compile(pattern).programSize())
        .as(pattern)
        .isLessThanOrEqualTo((int) Math.min(size + 4, Integer.MAX_VALUE));
  }

  @Test
  void whatNobodyCanAffordToCheckIsRefused() {
    ObjectNode schema = Json.object();
    schema.put("pattern", "^(a?){600}");
    JsonNode small = Json.tree(Json.bytes(Json.object().put("a", "a".repeat(1_000))));
    OutputSchema.check(schema, small.get("a"));
    JsonNode large = Json.tree(Json.bytes(Json.object().put("a", "a".repeat(60_000))));
    assertThatThrownBy(() -> OutputSchema.check(schema, large.get("a")))
        .hasMessageContaining("too large");

    ObjectNode items = Json.object();
    ArrayNode all = items.putObject("items").putArray("allOf");
    for (int i = 0; i < 500; i++) {
      all.addObject().put("type", "integer");
    }
    ArrayNode numbers = Json.object().putArray("n");
    for (int i = 0; i < 100; i++) {
      numbers.add(i);
    }
    OutputSchema.check(items, numbers);
    for (int i = 0; i < 30_000; i++) {
      numbers.add(1);
    }
    assertThatThrownBy(() -> OutputSchema.check(items, numbers)).hasMessageContaining("too large");
  }
}
