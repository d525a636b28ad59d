package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseUrlTest {
  @Test
  void readsTheFormThatOperatorsKnow() {
    var url =
        DatabaseUrl.postgresql("postgresql://mesh:p%40ss:word@db.test:5433/hub?sslmode=require");
    assertThat(url)
        .isEqualTo(
            new DatabaseUrl.PostgresqlServer(
                "jdbc:postgresql://db.test:5433/hub?sslmode=require", "mesh", "p@ss:word"));
    assertThat(url.dialect()).isEqualTo(Dialect.POSTGRESQL);
    assertThat(DatabaseUrl.postgresql("postgres://db.test/hub"))
        .isEqualTo(new DatabaseUrl.PostgresqlServer("jdbc:postgresql://db.test/hub", "", ""));
  }

  @Test
  void neverShowsThePassword() {
    var url = DatabaseUrl.postgresql("postgresql://mesh:marker@db.test/hub");
    assertThat(url.toString()).doesNotContain("marker", "mesh:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "marker",
        "mysql://u:marker@h/d",
        "postgresql://u:marker@h",
        "postgresql://u:marker@h/",
        "postgresql:///marker",
        "postgresql://u:mar ker@h/marker",
        "postgresql://u:mar^ker%@h/marker",
        "jdbc:postgresql://h/marker"
      })
  void whatCannotBeReadIsRefusedWithoutBeingRepeated(String url) {
    assertThatThrownBy(() -> DatabaseUrl.postgresql(url))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("marker", "mar ker", "mar^ker")
        .isNotBlank();
  }
}
