package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.ListedNames;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import dev.meshkore.hub.scan.Verdict;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a scan says of what is listed, asked for or put to somebody, before others are shown it.
final class Scanned {
  private static final String KIND = "service";

  /// A scan depends on the text alone, so one memory serves all.
  private static final Verdicts KNOWN = new Verdicts(10_000);

  private Scanned() {}

  /// @throws Refused where it holds what no listing may hold
  static void check(ServiceTerms terms) {
    verdict(terms).orRefuse();
  }

  /// What its readers are told to be careful with.
  static List<String> marks(ServiceTerms terms) {
    return verdict(terms).marks();
  }

  /// Takes the service's name for it.
  ///
  /// @throws Refused where it would be taken for another's
  static void claim(Transaction transaction, long seller, String id, ServiceTerms terms)
      throws SQLException {
    var listed = new ListedNames.Listed(KIND, id, seller);
    ListedNames.claim(transaction, listed, "name", terms.name());
  }

  /// Gives the name up.
  static void release(Transaction transaction, String id) throws SQLException {
    ListedNames.release(transaction, KIND, id);
  }

  /// @throws Refused where a request holds what none may hold
  static void check(WantTerms terms) {
    verdict(terms).orRefuse();
  }

  /// What the readers of a request are told to be careful with.
  static List<String> marks(WantTerms terms) {
    return verdict(terms).marks();
  }

  /// @throws Refused where what is put to somebody holds what may not be shown
  static void check(OfferTerms terms) {
    verdict(terms).orRefuse();
  }

  /// What whoever it is put to is told to be careful with.
  static List<String> marks(OfferTerms terms) {
    return verdict(terms).marks();
  }

  /// Adds marks to what is shown, where there are any.
  static void add(ObjectNode json, List<String> marks) {
    if (!marks.isEmpty()) {
      ArrayNode list = json.putArray("marks");
      marks.forEach(list::add);
    }
  }

  private static Verdict verdict(WantTerms terms) {
    return KNOWN.of(Json.bytes(terms.json()), () -> scan(terms));
  }

  private static Verdict verdict(OfferTerms terms) {
    return KNOWN.of(Json.bytes(terms.json()), () -> scan(terms));
  }

  private static Verdict verdict(ServiceTerms terms) {
    return KNOWN.of(Json.bytes(terms.json()), () -> scan(terms));
  }

  private static Verdict scan(WantTerms terms) {
    return Scan.of(
        Stream.of(
            Said.text("title", terms.title()),
            Said.text("description", terms.description()),
            Said.text("category", terms.category()),
            list("tags", terms.tags()),
            list("languages", terms.languages())));
  }

  private static Verdict scan(OfferTerms terms) {
    return Scan.of(
        Said.text("subject", terms.subject()),
        Said.text("note", terms.note()),
        list("languages", terms.languages()));
  }

  private static Verdict scan(ServiceTerms terms) {
    return Scan.of(
        Stream.of(
                Stream.of(Said.name("name", terms.name())),
                Stream.of(Said.text("description", terms.description())),
                Stream.of(Said.text("category", terms.category())),
                Stream.of(list("tags", terms.tags()), list("languages", terms.languages())),
                Said.texts("examples", terms.examples()),
                terms.payments().stream()
                    .map(one -> Said.link("payments", String.join(" ", one.parts()))),
                terms.endpoint().stream().map(url -> Said.link("endpoint", url)),
                schema("input_schema", terms.inputSchema()),
                schema("output_schema", terms.outputSchema()))
            .flatMap(one -> one));
  }

  /// Short texts that readers see beside each other.
  private static Said list(String field, List<String> texts) {
    return Said.text(field, String.join("\n", texts));
  }

  /// All that a schema says: names, descriptions, examples, whatever they are called.
  private static Stream<Said> schema(String field, Optional<ObjectNode> schema) {
    return schema.stream()
        .map(tree -> {
          var said = new StringBuilder();
          collect(tree, said);
          return Said.text(field, said.toString());
        });
  }

  private static void collect(JsonNode tree, StringBuilder said) {
    if (tree.isString()) {
      said.append(tree.stringValue()).append('\n');
    }
    tree.propertyNames().forEach(name -> said.append(name).append('\n'));
    tree.forEach(one -> collect(one, said));
  }
}
