package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A signature is accepted once, as long as it could be accepted at all.
final class AcceptedSignaturesTest {
  @TempDir private static Path folder;

  private final SettableTime time = new SettableTime();

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void acceptsOnceAlsoAfterARestart(DatabaseUrl url) {
    try (Database database = open(url)) {
      var accepted = new AcceptedSignatures(database, time);
      for (int i = 0; i < 50; i++) {
        accepted.accept(now() - i, "name-" + i).await();
      }
      for (AcceptedSignatures one : List.of(accepted, new AcceptedSignatures(database, time))) {
        for (int i = 0; i < 50; i++) {
          int number = i;
          assertThat(refusal(() -> one.accept(now() - number, "name-" + number).await()))
              .isEqualTo(ProblemType.SIGNATURE_USED);
        }
        one.accept(now(), "fresh of " + System.identityHashCode(one)).await();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whatIsOldIsForgottenAndWhatCanBeAcceptedIsNot(DatabaseUrl url) {
    try (Database database = open(url)) {
      var accepted = new AcceptedSignatures(database, time);
      for (int minute = 0; minute < 30; minute++) {
        accepted.accept(now(), "name-" + minute).await();
        accepted.accept(now() - SignedCalls.AGE_MAX + 1, "late-" + minute).await();
        time.forward(Duration.ofMinutes(1));
      }
      assertThat(rows(database)).isLessThan(40);
      time.forward(Duration.ofMinutes(-1));
      assertThat(refusal(() -> accepted.accept(now(), "name-29").await()))
          .isEqualTo(ProblemType.SIGNATURE_USED);
      assertThat(refusal(() -> accepted.accept(now() - 240, "name-25").await()))
          .isEqualTo(ProblemType.SIGNATURE_USED);
      long late = now() - SignedCalls.AGE_MAX + 1;
      assertThat(refusal(() -> accepted.accept(late, "late-29").await()))
          .isEqualTo(ProblemType.SIGNATURE_USED);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aClockThatIsSetBackLetsNothingInAgain(DatabaseUrl url) {
    try (Database database = open(url)) {
      var accepted = new AcceptedSignatures(database, time);
      long before = now();
      accepted.accept(before, "stolen").await();
      time.forward(Duration.ofMinutes(30));
      accepted.accept(now(), "later").await();
      time.forward(Duration.ofMinutes(-30));
      for (AcceptedSignatures one : List.of(accepted, new AcceptedSignatures(database, time))) {
        assertThat(refusal(() -> one.accept(before, "stolen").await()))
            .isEqualTo(ProblemType.SIGNATURE_EXPIRED);
      }
      time.forward(Duration.ofMinutes(20));
      accepted.accept(now(), "fresh").await();
    }
  }

  @Test
  void aFullMemoryRefusesWhatIsNewAndStillKnowsWhatIsOld() {
    try (Database database = open(new DatabaseUrl.SqliteFile(folder.resolve("full.db")))) {
      var accepted = new AcceptedSignatures(database, time, 10);
      for (int i = 0; i < 10; i++) {
        accepted.accept(now(), "name-" + i).await();
      }
      assertThat(refusal(() -> accepted.accept(now(), "name-3").await()))
          .isEqualTo(ProblemType.SIGNATURE_USED);
      assertThat(refusal(() -> accepted.accept(now(), "one more").await()))
          .isEqualTo(ProblemType.BUSY);
      time.forward(Duration.ofMinutes(20));
      accepted.accept(now(), "one more").await();
    }
  }

  @Test
  void aDatabaseThatIsClosedLeavesNothingInMemory() {
    Database database = open(new DatabaseUrl.SqliteFile(folder.resolve("closed.db")));
    var accepted = new AcceptedSignatures(database, time);
    database.close();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> accepted.accept(now(), "name").await())
          .isNotInstanceOf(Refused.class);
    }
  }

  private long now() {
    return time.instant().getEpochSecond();
  }

  private static ProblemType refusal(Runnable asked) {
    try {
      asked.run();
    } catch (Refused refused) {
      return refused.type();
    }
    throw new AssertionError("It was accepted");
  }

  private static long rows(Database database) {
    String table = database.dialect().choose("accepted_group", "accepted_signature");
    return database.read(reader -> reader.number("SELECT count(*) FROM " + table, -1));
  }

  private static Database open(DatabaseUrl url) {
    return Database.open(url, System::nanoTime, () -> {});
  }
}
