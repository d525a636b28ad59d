package dev.meshkore.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RouterTest {
  private static final Handler NOTHING = _ -> Response.text(200, "text/plain", "");

  private final Router router =
      new Router()
          .get("/", NOTHING)
          .get("/a/{x}", NOTHING)
          .get("/a/b", NOTHING)
          .post("/a/b", NOTHING)
          .get("/a/{x}/d", NOTHING)
          .get("/f/{x}/g", NOTHING)
          .get("/{y}/c", NOTHING)
          .add("DELETE", "/{y}/{z}/e", NOTHING);

  private Map<String, String> names(String method, String path, String pattern) {
    if (router.match(method, path) instanceof Router.Match.Found found) {
      assertThat(found.route().pattern()).isEqualTo(pattern);
      return found.names();
    }
    throw new AssertionError(method + " " + path + " matches nothing");
  }

  @Test
  void aLiteralGoesBeforeAName() {
    assertThat(names("GET", "/a/b", "/a/b")).isEmpty();
    assertThat(names("GET", "/a/q", "/a/{x}")).containsExactly(Map.entry("x", "q"));
    assertThat(names("GET", "/", "/")).isEmpty();
  }

  @Test
  void aNameThatLedNowhereIsForgotten() {
    assertThat(names("DELETE", "/a/q/e", "/{y}/{z}/e")).isEqualTo(Map.of("y", "a", "z", "q"));
    assertThat(names("GET", "/f/c", "/{y}/c")).isEqualTo(Map.of("y", "f"));
    assertThat(names("GET", "/b/c", "/{y}/c")).isEqualTo(Map.of("y", "b"));
  }

  @Test
  void aNameIsDecodedAfterThePathIsSplit() {
    assertThat(names("GET", "/a/x%2Fy%20z+", "/a/{x}")).isEqualTo(Map.of("x", "x/y z+"));
    assertThat(names("GET", "/a/%zz", "/a/{x}")).isEqualTo(Map.of("x", "%zz"));
  }

  @Test
  void anotherMethodIsToldFromAnUnknownPath() {
    assertThat(router.match("PUT", "/a/b"))
        .isEqualTo(new Router.Match.OtherMethods(Set.of("GET", "HEAD", "POST")));
    for (String path : new String[] {"/x", "/a/", "/a/b/", "/a/b/c/d", "//", "/a//b/d"}) {
      assertThat(router.match("GET", path)).as(path).isEqualTo(new Router.Match.Unknown());
    }
    assertThat(names("HEAD", "/a/b", "/a/b")).isEmpty();
  }

  @Test
  void aRouteForGetAloneTakesNoHead() {
    Router other = new Router().getOnly("/g", NOTHING);
    assertThat(other.match("HEAD", "/g")).isEqualTo(new Router.Match.OtherMethods(Set.of("GET")));
    assertThat(other.match("GET", "/g")).isInstanceOf(Router.Match.Found.class);
  }

  @Test
  void aRouteHasOneHandler() {
    assertThatThrownBy(() -> router.get("/a/{other}", NOTHING))
        .isInstanceOf(IllegalStateException.class);
  }
}
