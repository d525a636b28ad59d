package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RelayBoundsTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final int CAROL = 2;
  private static final Relay.Limits LIMITS = new Relay.Limits(1 << 20, 50, 10_000);
  private static final Journal.Sizes FORGETFUL = new Journal.Sizes(0, 0, 1_000, 0);

  @TempDir private Path folder;

  private void each(Journal.Sizes sizes, Consumer<RelayUnderTest> test) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var real = new RelayUnderTest(url, LIMITS, sizes)) {
            real.add("alice");
            real.add("bob");
            real.add("carol");
            test.accept(real);
          }
        });
  }

  private static Draft draft(@Nullable String to, @Nullable String channel, String payload) {
    byte[] bytes = ("\"" + payload + "\"").getBytes(StandardCharsets.US_ASCII);
    return new Draft(to, channel, null, null, null, 0, null, bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPageOfHistoryHasABoundInBytesAndACursor(boolean remembers) {
    each(
        remembers ? Journal.Sizes.NORMAL : FORGETFUL,
        real -> {
          for (int i = 0; i < 6; i++) {
            real.relay().send(real.caller(ALICE), draft("bob", null, "x".repeat(1_000_000)));
          }
          var sequences = new ArrayList<Long>();
          Place before = Place.END;
          List<Stored> page;
          do {
            page = real.relay().conversation(real.number(ALICE), real.number(BOB), before, 200);
            assertThat(Stored.bytesOf(page)).isLessThan(6_000_000);
            page.forEach(message -> sequences.add(message.sequence()));
            boolean isLast = sequences.size() == 6;
            var answer = (Response.Whole) RelayRoutes.historyPage(page, 200, _ -> null);
            String text = new String(answer.body(), StandardCharsets.US_ASCII);
            assertThat(text.endsWith("\"next\":null}")).isEqualTo(isLast);
            before = Place.of(page.getLast());
          } while (sequences.size() < 6);
          assertThat(sequences)
              .containsExactlyElementsOf(
                  LongStream.rangeClosed(1, 6).map(i -> 7 - i).boxed().toList());
        });
  }

  private static Sent accepted(SendOutcome outcome) {
    assertThat(outcome).isInstanceOf(SendOutcome.Accepted.class);
    return ((SendOutcome.Accepted) outcome).sent();
  }

  private static Sent toTeam(RelayUnderTest real) {
    return accepted(real.relay().sendToChannel(real.caller(ALICE), draft(null, "team", "hello")));
  }

  @Test
  void aFullMemberIsPassedOverAndAFullChannelRefused() {
    each(
        Journal.Sizes.NORMAL,
        real -> {
          List<Long> others = List.of(real.number(BOB), real.number(CAROL));
          real.relay()
              .channels()
              .create(real.number(ALICE), "team", "", Channel.Visibility.PRIVATE, others);
          for (int i = 0; i < 49; i++) {
            accepted(real.relay().send(real.caller(ALICE), draft("bob", null, "hello")));
          }
          assertThat(toTeam(real).recipients()).isEqualTo(2);
          assertThat(toTeam(real).recipients()).isEqualTo(1);
          assertThat(real.inbox(BOB).head()).isEqualTo(50);
          for (int i = 0; i < 48; i++) {
            accepted(real.relay().send(real.caller(ALICE), draft("carol", null, "hello")));
          }
          SendOutcome refused =
              real.relay().sendToChannel(real.caller(ALICE), draft(null, "team", "hello"));
          assertThat(refused).isInstanceOf(SendOutcome.Rejected.class);
          assertThat(((SendOutcome.Rejected) refused).refused().type())
              .isEqualTo(ProblemType.INBOX_FULL);
          real.relay().acknowledge(real.inbox(BOB), 50, true);
          assertThat(toTeam(real).recipients()).isEqualTo(1);
        });
  }

  @Test
  void messagesOfAChannelAreCountedWhoeverChoseTheirIds() {
    each(
        Journal.Sizes.NORMAL,
        real -> {
          real.relay()
              .channels()
              .create(real.number(ALICE), "team", "", Channel.Visibility.PRIVATE, List.of());
          byte[] payload = {'1'};
          var own = new Draft(null, "team", "k1", null, null, 0, null, payload, 0, 1);
          assertThat(accepted(real.relay().sendToChannel(real.caller(ALICE), own)).id())
              .isEqualTo("k1");
          assertThat(toTeam(real).id()).isEqualTo("team::2");
          real.reopen();
          assertThat(real.relay().messageCount()).isEqualTo(2);
        });
  }

  @Test
  void whoJoinsAnEmptyOpenChannelOwnsIt() {
    each(
        Journal.Sizes.NORMAL,
        real -> {
          Channels channels = real.relay().channels();
          channels.create(real.number(ALICE), "open", "", Channel.Visibility.OPEN, List.of());
          channels.leave(real.number(ALICE), "open");
          assertThat(channels.join(real.number(BOB), "open").role()).contains(Channel.Role.OWNER);
          assertThat(channels.join(real.number(CAROL), "open").role())
              .contains(Channel.Role.MEMBER);
        });
  }

  @Test
  void askingForTheNetworkWhileItIsStoredCountsNothingTwice() {
    each(
        Journal.Sizes.NORMAL,
        real -> {
          try (var readers = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 40; i++) {
              accepted(real.relay().send(real.caller(ALICE), draft("bob", null, "hello")));
              for (int reader = 0; reader < 4; reader++) {
                readers.execute(real.relay().contacts()::store);
              }
            }
          }
          assertThat(real.relay().contacts().edges(0, 10))
              .extracting(Contacts.Edge::messages)
              .containsExactly(40L);
        });
  }

  @Test
  void oneTickEndsTheWaitOfAllThatIsDue() {
    each(
        Journal.Sizes.NORMAL,
        real -> {
          long due = real.millis();
          int count =
              real.database()
                  .write(transaction -> {
                    for (int i = 1; i <= 2_500; i++) {
                      SqlInboxes.insertExpiry(
                          transaction,
                          new SqlInboxes.Due(
                              due, real.number(BOB), i, real.number(ALICE), "k" + i));
                    }
                    return 2_500;
                  });
          real.relay().tick();
          assertThat(
                  real.database()
                      .<List<SqlInboxes.Due>>read(
                          transaction -> SqlInboxes.due(transaction, due, count)))
              .isEmpty();
        });
  }
}
