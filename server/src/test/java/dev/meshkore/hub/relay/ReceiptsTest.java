package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReceiptsTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final Journal.Sizes FORGETFUL = new Journal.Sizes(8, 1 << 20, 3, 0);
  private static final byte[] PAYLOAD = "{\"n\":1}".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path folder;

  private void each(Journal.Sizes sizes, Consumer<RelayUnderTest> test) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var real = new RelayUnderTest(url, new Relay.Limits(1_000, 10_000, 10_000), sizes)) {
            real.add("alice");
            real.add("bob");
            real.add("carol");
            test.accept(real);
          }
        });
  }

  private static void send(RelayUnderTest real, int from, String to) {
    var draft = new Draft(to, null, null, null, null, 0, null, PAYLOAD, 0, PAYLOAD.length);
    assertThat(real.relay().send(real.caller(from), draft))
        .isInstanceOf(SendOutcome.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWatermarkFarBehindTheEndOfAConversationHasItsReceipt(boolean remembers) {
    each(
        remembers ? Journal.Sizes.NORMAL : FORGETFUL,
        real -> {
          for (int i = 0; i < 150; i++) {
            send(real, ALICE, "bob");
            send(real, BOB, "alice");
          }
          send(real, 2, "bob");
          long alice = real.number(ALICE);
          long bob = real.number(BOB);
          assertThat(real.relay().newestOwn(alice, bob, 20).orElseThrow().id()).isEqualTo("bob:20");
          assertThat(real.relay().newestOwn(alice, bob, 151).orElseThrow().id())
              .isEqualTo("bob:150");
          assertThat(real.relay().newestOwn(real.number(2), bob, 150)).isEmpty();
        });
  }

  @Test
  void placesOfAnInboxComeWithoutAGapWhateverMemoryHas() {
    each(
        FORGETFUL,
        real -> {
          for (int i = 0; i < 100; i++) {
            send(real, i % 2 == 0 ? ALICE : 2, "bob");
          }
          var journal = new Journal(real.database(), FORGETFUL);
          long bob = real.number(BOB);
          List<List<Stored>> parts =
              journal.places(
                  List.of(
                      new Journal.Span(bob, 10, 90),
                      new Journal.Span(bob, 98, 100),
                      new Journal.Span(real.number(ALICE), 0, 0)));
          assertThat(parts.get(1)).extracting(Stored::sequence).containsExactly(99L, 100L);
          assertThat(parts.get(2)).isEmpty();
          List<Stored> places = parts.getFirst();
          assertThat(places)
              .extracting(Stored::sequence)
              .containsExactlyElementsOf(LongStream.rangeClosed(11, 90).boxed().toList());
          assertThat(places).noneMatch(Stored::hasContent);
          assertThat(journal.withHeads(places.subList(0, 2)))
              .extracting(Stored::id)
              .containsExactly("bob:11", "bob:12");
        });
  }
}
