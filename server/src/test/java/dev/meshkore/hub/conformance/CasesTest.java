package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The cases against the rest of the contract.
final class CasesTest {
  /// These need a hub that is overloaded, stopping, out of disk, or away from its database, an
  /// agent outside it, a task of A2A, whose clients see A2A's own codes, or a signature, which no
  /// data can make; a witness takes text, and WitnessTest asks it.
  private static final Set<String> WITHOUT_CASE =
      Set.of(
          "busy",
          "stopping",
          "in-doubt",
          "storage-full",
          "outside-agent-failed",
          "import-failed",
          "call-failed",
          "task-ended",
          "signature-expired",
          "signature-used",
          "challenge-closed",
          "key-taken",
          "delegation-refused",
          "move-unsigned",
          "unknown-log",
          "log-forked");

  private static final Set<String> STEP_MEMBERS =
      Set.of(
          "as", "op", "args", "http", "expect", "save", "times", "advance", "session", "open",
          "headers", "frame", "text", "close");

  @Test
  void everyRefusalHasACase() {
    Set<String> slugs =
        Arrays.stream(ProblemType.values())
            .map(ProblemType::slug)
            .collect(Collectors.toCollection(TreeSet::new));
    slugs.removeAll(WITHOUT_CASE);
    assertThat(steps().map(step -> step.path("expect").path("problem").asString("")).toList())
        .containsAll(slugs);
  }

  @Test
  void everyStepExpectsSomethingThatCanFail() {
    assertThat(steps())
        .allSatisfy(step -> {
          assertThat(step.propertyNames()).isSubsetOf(STEP_MEMBERS);
          assertThat(step.has("advance") || step.has("close") || !step.path("expect").isEmpty())
              .isTrue();
        });
  }

  @Test
  void everyOperationHasACaseAndIsInTheListOfRoutes() throws IOException {
    String openapi = Files.readString(Path.of("..", "protocol", "openapi.yaml"));
    Set<String> used =
        steps().map(step -> step.path("op").asString("")).collect(Collectors.toSet());
    assertThat(Operation.values())
        .allSatisfy(operation -> {
          assertThat(used).contains(operation.operationId());
          assertThat(openapi).contains("operationId: " + operation.operationId() + "\n");
        });
  }

  @Test
  void everyCaseOfAFileHasANameOfItsOwn() {
    assertThat(CaseFile.all())
        .isNotEmpty()
        .allSatisfy(
            file -> assertThat(file.cases()).extracting(Case::name).doesNotHaveDuplicates());
  }

  private static Stream<JsonNode> steps() {
    return CaseFile.all().stream()
        .map(CaseFile::cases)
        .flatMap(List::stream)
        .sorted(Comparator.comparing(Case::name))
        .map(Case::steps)
        .flatMap(List::stream);
  }
}
