package dev.meshkore.hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.testing.Chromium;
import dev.meshkore.hub.testing.Chromium.View;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The pages in a real browser, in which they must render without errors and fit a phone.
final class PagesTest {
  private static final View PHONE = new View(390, false);
  private static final View DARK_PHONE = new View(390, true);
  private static final View DESK = new View(1_200, false);
  private static final Path PICTURES = Path.of("target", "pages");

  /// How far anything reaches to the right, with every fold opened.
  private static final String WIDTH =
      """
      document.querySelectorAll('details').forEach(fold => fold.open = true);
      Math.max(document.documentElement.scrollWidth,
        ...[...document.querySelectorAll('body *')].map(one => one.getBoundingClientRect().right))
      """;

  /// The contrast of text to its ground (WCAG 2.2 §1.4.3), the least of all links and paragraphs.
  private static final String CONTRAST =
      """
      (() => {
        const rgb = text => text.match(/[0-9.]+/g).map(Number);
        const light = color => {
          const [r, g, b] = rgb(color).slice(0, 3).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = one => {
          for (let at = one; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (rgb(color).length < 4 || rgb(color)[3] > 0) return color;
          }
          return 'rgb(255, 255, 255)';
        };
        return Math.min(...[...document.querySelectorAll('a, p, h1, h2, dt, dd, span, code, pre')]
          .map(one => [light(getComputedStyle(one).color), light(ground(one))])
          .map(([a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)));
      })()
      """;

  private static @Nullable Chromium found;
  private static TestHub hub;

  @BeforeAll
  static void open() {
    found = Chromium.start().orElse(null);
    if (found == null) {
      System.err.println("Chromium is not installed; the tests of the pages are left out");
    }
    hub = TestHub.start(Map.of());
  }

  @AfterAll
  static void close() {
    if (found != null) {
      found.close();
    }
    hub.close();
  }

  @Test
  void everyPageRendersAndFits() throws IOException {
    Chromium browser = browser();
    Files.createDirectories(PICTURES);
    String join = hub.invite().substring(hub.url().length());
    for (String path : List.of("/", "/docs", "/problems", "/problems/busy", join)) {
      for (View view : List.of(PHONE, DARK_PHONE, DESK)) {
        List<String> errors = browser.open(hub.url() + path, view);
        String name = path.equals(join) ? "/join" : path;
        String what = name + " " + view;
        assertThat(errors).as(what).isEmpty();
        String picture =
            name.replaceAll("[^a-z]+", "-") + "-" + view.width() + (view.isDark() ? "-dark" : "");
        Files.write(PICTURES.resolve("page" + picture + ".png"), browser.picture());
        assertThat(browser.evaluate("document.title").stringValue()).as(what).isNotBlank();
        assertThat(browser.evaluate("document.querySelectorAll('h1').length").intValue())
            .as(what)
            .isEqualTo(1);
        assertThat(browser.evaluate("document.styleSheets[0].cssRules.length").intValue())
            .as(what)
            .isGreaterThan(10);
        assertThat(browser.evaluate(WIDTH).doubleValue())
            .as("the width of " + what)
            .isLessThanOrEqualTo(view.width());
        assertThat(browser.evaluate(CONTRAST).doubleValue())
            .as("the contrast of " + what)
            .isGreaterThanOrEqualTo(4.5);
      }
    }
  }

  @Test
  void aBadPageWouldBeNoticed() {
    Chromium browser = browser();
    String bad =
        "data:text/html,<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
            + "<script>1</script><div style=width:900px;color:gray><p>wide</p></div>";
    assertThat(browser.open(bad, PHONE)).isNotEmpty();
    assertThat(browser.evaluate(WIDTH).doubleValue()).isGreaterThan(390);
    assertThat(browser.evaluate(CONTRAST).doubleValue()).isLessThan(4.5);
  }

  private static Chromium browser() {
    Chromium browser = found;
    assumeTrue(browser != null, "Chromium is not installed");
    return java.util.Objects.requireNonNull(browser);
  }
}
