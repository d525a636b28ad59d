package dev.meshkore.hub.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.testing.Seeds;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MoneyTest {
  private static final Asset EUR = Asset.of("asset", "EUR");

  private static Money parse(Asset asset, String text) {
    return Money.parse("amount", asset, text);
  }

  @Test
  void readsDecimalsExactly() {
    assertThat(parse(EUR, "12.5").atoms()).isEqualTo(1_250);
    assertThat(parse(EUR, "0.01").atoms()).isEqualTo(1);
    assertThat(parse(EUR, "0").atoms()).isZero();
    assertThat(parse(Asset.of("asset", "JPY"), "7").atoms()).isEqualTo(7);
    assertThat(parse(Asset.of("asset", "USDC"), "0.000001").atoms()).isEqualTo(1);
    assertThat(new Money(EUR, 5).decimal()).isEqualTo("0.05");
    assertThat(new Money(Asset.of("asset", "SAT"), 21).decimal()).isEqualTo("21");
  }

  @Test
  void whatIsNoPlainDecimalIsRefused() {
    for (String text :
        List.of(
            "-1",
            "+1",
            "1e3",
            "1E3",
            "1.",
            ".5",
            "01",
            "1,5",
            " 1",
            "1 ",
            "",
            "0x1",
            "NaN",
            "Infinity",
            "1.234",
            "1.000",
            "١٢",
            "99999999999999999999",
            "10000000000000000",
            "1.0000000000000000000")) {
      assertThatThrownBy(() -> parse(EUR, text)).as(text).isInstanceOf(Refused.class);
    }
    assertThatThrownBy(() -> parse(Asset.of("asset", "JPY"), "1.0")).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> Asset.of("asset", "XXX")).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> Asset.of("asset", "eur")).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> Money.of("atoms", EUR, -1)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> Money.of("atoms", EUR, Money.ATOMS_MAX + 1))
        .isInstanceOf(Refused.class);
  }

  @Test
  void whatIsWrittenIsReadAgainAndProductsAreExactOrRefused() {
    Seeds.forAll(
        200,
        random -> {
          var asset = new Asset("ANY", random.nextInt(0, 9));
          var money = new Money(asset, random.nextLong(0, Money.ATOMS_MAX + 1));
          assertThat(parse(asset, money.decimal())).isEqualTo(money);
          assertThat(new BigDecimal(money.decimal()).movePointRight(asset.decimals()))
              .isEqualByComparingTo(BigDecimal.valueOf(money.atoms()));
          long count = random.nextLong(0, 1_000_000_000);
          BigDecimal exact = BigDecimal.valueOf(money.atoms()).multiply(BigDecimal.valueOf(count));
          if (exact.compareTo(BigDecimal.valueOf(Money.ATOMS_MAX)) <= 0) {
            assertThat(money.times("quantity", count).atoms()).isEqualTo(exact.longValueExact());
          } else {
            assertThatThrownBy(() -> money.times("quantity", count)).isInstanceOf(Refused.class);
          }
        });
  }
}
