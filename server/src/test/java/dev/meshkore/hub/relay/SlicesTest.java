package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SlicesTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @Test
  void areReadAsTheyWereWrittenButForTheContent() {
    Seeds.forAll(
        50,
        random -> {
          var messages = new ArrayList<Stored>();
          int count = random.nextInt(20);
          for (int i = 0; i < count; i++) {
            messages.add(
                new Stored(
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt(),
                    random.nextInt(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    CONTENT,
                    1));
          }
          List<Stored> read = Slices.read(Slices.write(messages));
          assertThat(read)
              .usingRecursiveFieldByFieldElementComparatorIgnoringFields("bytes", "start")
              .isEqualTo(messages);
          assertThat(read).allMatch(message -> message.bytes().length == 0);
        });
  }
}
