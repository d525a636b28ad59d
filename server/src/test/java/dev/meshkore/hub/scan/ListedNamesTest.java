package dev.meshkore.hub.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Names that look like others' names, on both databases.
final class ListedNamesTest {
  @TempDir static Path folder;

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void refusesWhatLooksLikeAnothersNameAndTakesWhatIsTheSame(DatabaseUrl url) {
    try (Database database = Database.open(url, System::nanoTime, () -> {})) {
      claim(database, "service", "s1", 7, "Legal Desk");
      // One's own names may look alike.
      claim(database, "agent", "desk", 7, "lega1 desk");
      freed(database, "agent", "desk");
      claim(database, "service", "s2", 8, "Legal  Desk");
      assertThatThrownBy(() -> claim(database, "service", "s3", 9, "Lega1 Desk"))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.type()).isEqualTo(ProblemType.LOOK_ALIKE_NAME);
                assertThat(refused.members()).containsEntry("field", "name");
              });
      // Nobody keeps an agent from its name by what it lists.
      claim(database, "agent", "x", 9, "L\u0435gal D\u0435sk");
      assertThatThrownBy(() -> claim(database, "import", "i", 10, "L\u0435gal Desk"))
          .isInstanceOf(Refused.class);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void freesTheNameThatWasGivenUpOrChanged(DatabaseUrl url) {
    try (Database database = Database.open(url, System::nanoTime, () -> {})) {
      claim(database, "service", "s1", 7, "Solver");
      claim(database, "service", "s1", 7, "Another");
      assertThatCode(() -> claim(database, "service", "s2", 8, "So1ver"))
          .doesNotThrowAnyException();
      freed(database, "service", "s2");
      claim(database, "service", "s3", 9, "Solver");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "paypaI, paypal, true",
    "p\u0430ypal, paypal, true",
    "modern, modem, true",
    "vvise, wise, true",
    "agent-10, agent-lo, true",
    "\uFF50aypal, paypal, false",
    "PAYPAL, paypal, false",
    "agent-1, agent-2, false",
    "caf\u00E9, cafe, false",
    "\u8D8A, \u6210, false"
  })
  void knowsWhatLooksAlike(String one, String other, boolean isAlike) {
    assertThat(Skeleton.isLookAlike(one, other)).isEqualTo(isAlike);
    assertThat(Skeleton.isLookAlike(other, one)).isEqualTo(isAlike);
  }

  @Test
  void leavesWhatIsInvisibleOutOfTheSkeleton() {
    assertThat(Skeleton.of("pay\u200Bpal")).isEqualTo(Skeleton.of("paypal"));
  }

  private static void claim(
      Database database, String kind, String object, long holder, String name) {
    var _ =
        database.write(transaction -> {
          var listed = new ListedNames.Listed(kind, object, holder);
          ListedNames.claim(transaction, listed, "name", name);
          return 0;
        });
  }

  private static void freed(Database database, String kind, String object) {
    var _ =
        database.write(transaction -> {
          ListedNames.release(transaction, kind, object);
          return 0;
        });
  }
}
