package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Windows of the calendar.
final class CalendarTest {
  private static final Budget.Window HOUR = Budget.Window.fixed(Duration.ofHours(1));
  private static final Budget.Window DAY = Budget.Window.fixed(Duration.ofDays(1));
  private static final List<Budget.Window> ALL =
      List.of(HOUR, DAY, Budget.Window.WEEK, Budget.Window.MONTH);

  @Test
  void everyTimeLiesInOneWindow() {
    Seeds.forAll(
        500,
        random -> {
          long at = random.nextLong(-1_000_000_000_000L, 10_000_000_000_000L);
          for (Budget.Window window : ALL) {
            long start = window.startOf(at);
            long end = window.endOf(start).orElseThrow();
            assertThat(at).isBetween(start, end - 1);
            assertThat(window.startOf(start)).isEqualTo(start);
            assertThat(window.startOf(end - 1)).isEqualTo(start);
            assertThat(window.startOf(end)).isEqualTo(end);
            assertThat(end - start).isLessThanOrEqualTo(window.ms());
          }
          ZonedDateTime week = utc(Budget.Window.WEEK.startOf(at));
          assertThat(week.getDayOfWeek()).isEqualTo(DayOfWeek.MONDAY);
          assertThat(week.toLocalTime().toNanoOfDay()).isZero();
          assertThat(utc(Budget.Window.MONTH.startOf(at)).getDayOfMonth()).isOne();
        });
  }

  @Test
  void whatCoversAnotherWindowHoldsAllOfIt() {
    Seeds.forAll(
        200,
        random -> {
          long at = random.nextLong(10_000_000_000_000L);
          for (Budget.Window wide : ALL) {
            for (Budget.Window narrow : ALL) {
              long start = narrow.startOf(at);
              long last = narrow.endOf(start).orElseThrow() - 1;
              if (wide.covers(narrow)) {
                assertThat(wide.startOf(last)).isEqualTo(wide.startOf(start));
              }
            }
          }
        });
    assertThat(Budget.Window.MONTH.covers(Budget.Window.WEEK)).isFalse();
    assertThat(Budget.Window.MONTH.covers(DAY)).isTrue();
    assertThat(Budget.Window.WEEK.covers(HOUR)).isTrue();
    assertThat(DAY.covers(Budget.Window.WEEK)).isFalse();
  }

  private static ZonedDateTime utc(long ms) {
    return Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC);
  }
}
