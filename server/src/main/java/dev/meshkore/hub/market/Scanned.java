package dev.meshkore.hub.market;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.ListedNames;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import dev.meshkore.hub.scan.Verdict;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/// What a scan says of a service, before others are shown it.
final class Scanned {
  private static final String KIND = "service";

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

  private static Verdict verdict(ServiceTerms terms) {
    return Scan.of(
        Stream.of(
                Stream.of(Said.name("name", terms.name())),
                Stream.of(Said.text("description", terms.description())),
                Said.texts("tags", terms.tags()),
                Said.texts("examples", terms.examples()),
                terms.endpoint().stream().map(url -> Said.link("endpoint", url)))
            .flatMap(one -> one));
  }
}
