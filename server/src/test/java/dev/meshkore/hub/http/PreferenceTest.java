package dev.meshkore.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreferenceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                         | text/markdown",
        "*/*                                                        | text/markdown",
        "text/*                                                     | text/markdown",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | text/html",
        "application/json                                           | application/json",
        "application/json, text/plain, */*                          | application/json",
        "text/html;q=0.5, application/json;q=0.4                    | text/html",
        "text/html;q=0.5, application/json;q=0.6                    | application/json",
        "text/html;q=0.5, */*                                       | text/markdown",
        "text/markdown;q=0, */*                                     | application/json",
        "text/markdown;q=0, text/*;q=0.9, */*;q=0.1                 | text/html",
        "TEXT/HTML                                                  | text/html",
        "text/html;level=1;q=0.3, application/json;q=0.2            | text/html",
        "image/png                                                  | text/markdown",
        "nonsense, ;;, /                                            | text/markdown"
      })
  void respectsQualitiesAndExactness(String accept, String best) {
    var offered = List.of("text/markdown", "application/json", "text/html");
    assertThat(Preference.best(accept, offered)).isEqualTo(best);
  }
}
