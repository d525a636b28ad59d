package dev.meshkore.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Router.Route;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The contract and the hub say the same.
final class ContractTest {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  /// What only pages load.
  private static final Set<Route> NOT_IN_THE_CONTRACT = Set.of(new Route("GET", "/style.css"));

  private record Problem(String slug, int status, String title, String retry) {}

  @Test
  void everyRouteIsAnOperationAndEveryOperationARoute() throws IOException {
    try (TestHub hub = TestHub.start(Map.of())) {
      var routes = new HashSet<>(hub.hub().router().routes());
      routes.removeAll(NOT_IN_THE_CONTRACT);
      Set<Route> operations = operations(file("openapi.yaml"));
      operations.removeAll(NOT_IN_THE_CONTRACT);
      assertThat(routes).containsExactlyInAnyOrderElementsOf(operations);
    }
  }

  @Test
  void everyRefusalIsInTheRegistryAndEveryEntryARefusal() throws IOException {
    var registered =
        file("problems.yaml")
            .get("problems")
            .items()
            .map(one ->
                new Problem(
                    one.text("slug"),
                    Integer.parseInt(one.text("status")),
                    one.text("title"),
                    one.text("retry")))
            .toList();
    var known = Arrays.stream(ProblemType.values()).map(ContractTest::problem).toList();
    assertThat(known).containsExactlyInAnyOrderElementsOf(registered);
  }

  @Test
  void operationsNameOnlyRegisteredRefusals() throws IOException {
    Set<String> named = new HashSet<>();
    file("openapi.yaml")
        .get("paths")
        .members()
        .values()
        .forEach(path ->
            path.members()
                .values()
                .forEach(one -> one.get("x-problems").items().map(Node::text).forEach(named::add)));
    assertThat(named).isNotEmpty().allMatch(slug -> ProblemType.of(slug).isPresent());
  }

  private static Problem problem(ProblemType type) {
    String retry = type.retry().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new Problem(type.slug(), type.status(), type.title(), retry);
  }

  private static Set<Route> operations(Node contract) {
    var operations = new HashSet<Route>();
    contract
        .get("paths")
        .members()
        .forEach((path, item) ->
            item.members().keySet().stream()
                .filter(METHODS::contains)
                .forEach(
                    method -> operations.add(new Route(method.toUpperCase(Locale.ROOT), path))));
    return operations;
  }

  private static Node file(String name) throws IOException {
    try (InputStream stream = ContractTest.class.getResourceAsStream("/protocol/" + name)) {
      assertThat(stream).as(name).isNotNull();
      return Node.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
