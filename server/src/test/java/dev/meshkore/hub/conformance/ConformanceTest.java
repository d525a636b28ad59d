package dev.meshkore.hub.conformance;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// Every case as a test of its own. Cases with the same settings share a hub; their agents have ids
/// of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConformanceTest {
  private final Hubs hubs = new Hubs();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterAll
  void closeHubs() {
    client.close();
    hubs.close();
  }

  @TestFactory
  Stream<DynamicNode> everyCaseHolds() {
    return CaseFile.all().stream()
        .map(file ->
            DynamicContainer.dynamicContainer(
                file.name(), Path.of("../protocol").toUri(), tests(file.cases())));
  }

  private Stream<DynamicTest> tests(List<Case> cases) {
    return cases.stream()
        .map(one ->
            DynamicTest.dynamicTest(one.name(), () -> new Conversation(one, hubs, client).run()));
  }
}
