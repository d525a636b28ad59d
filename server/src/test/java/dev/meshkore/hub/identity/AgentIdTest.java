package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "bob", "b.o_b-1", "administrator", "a..", "a-"})
  void takesSlugs(String text) {
    assertThat(AgentId.of("agent_id", text).value()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Bob",
        ".a",
        "-a",
        "_a",
        "a b",
        "a/b",
        "a:b",
        "bob\n",
        "ß",
        "b\u043eb",
        "a\u0000",
        "admin",
        "all",
        "hub",
        "me",
        "null",
        "self",
        "a2a-a.example-0123456789ab"
      })
  void refusesTheRest(String text) {
    Hub.assertRefused(ProblemType.INVALID_FIELD, () -> AgentId.of("agent_id", text));
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 65_536})
  void is64CharactersAtMost(int length) {
    assertThat(AgentId.isValid("a".repeat(length))).isEqualTo(length <= 64);
  }
}
