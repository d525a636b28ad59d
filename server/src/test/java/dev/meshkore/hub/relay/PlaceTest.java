package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.testing.Seeds;
import org.junit.jupiter.api.Test;

final class PlaceTest {
  private static Stored at(long position, int offset) {
    return new Stored(1, position, offset, 1, 1, 0, 0, new byte[0], 0);
  }

  @Test
  void aCursorNamesThePlaceItWasMadeOf() {
    Seeds.forAll(
        100,
        random -> {
          var place = new Place(random.nextLong(Long.MAX_VALUE), random.nextInt(1 << 30));
          assertThat(Place.read(place.cursor())).isEqualTo(place);
        });
    assertThat(Place.read(Place.END.cursor())).isEqualTo(Place.END);
  }

  @Test
  void isAfterWhatIsOlderAndNotAfterItself() {
    Place place = Place.of(at(5, 100));
    assertThat(place.isAfter(at(4, 900))).isTrue();
    assertThat(place.isAfter(at(5, 99))).isTrue();
    assertThat(place.isAfter(at(5, 100))).isFalse();
    assertThat(place.isAfter(at(5, 101))).isFalse();
    assertThat(place.isAfter(at(6, 0))).isFalse();
    assertThat(Place.END.isAfter(at(Long.MAX_VALUE - 1, Integer.MAX_VALUE))).isTrue();
  }

  @Test
  void refusesWhatIsNoCursor() {
    String[] garbage = {
      "",
      ".",
      "1",
      "1.",
      ".1",
      "1.2.3",
      "1,2",
      " 1.2",
      "1.2 ",
      "1.ü",
      "1.zzzzzzzzz",
      "zzzzzzzzzzzzzzz.1",
      "null"
    };
    for (String text : garbage) {
      assertThatExceptionOfType(Refused.class)
          .as("cursor '%s'", text)
          .isThrownBy(() -> Place.read(text))
          .matches(refused -> refused.type() == ProblemType.INVALID_FIELD);
    }
  }
}
