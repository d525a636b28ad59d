package dev.meshkore.hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

final class SiteTest {
  @Test
  void allNamesOfARegisteredDomainAreOneSite() {
    assertThat(site("https://hooks.example.com/a")).isEqualTo("example.com");
    assertThat(site("https://a.b.c.Example.COM:8443/")).isEqualTo("example.com");
    assertThat(site("https://example.com./")).isEqualTo("example.com");
    assertThat(site("https://x.shop.co.uk/")).isEqualTo("shop.co.uk");
    assertThat(site("https://x.www.ck/")).isEqualTo("www.ck");
    assertThat(site("https://x.y.shop.ck/")).isEqualTo("y.shop.ck");
    assertThat(site("https://a.github.io/")).isNotEqualTo(site("https://b.github.io/"));
    assertThat(site("https://co.uk/")).isEqualTo("co.uk");
    assertThat(site("http://hook/")).isEqualTo("hook");
  }

  @Test
  void anAddressIsASiteAndSoIsANetworkOfIpv6() {
    assertThat(site("http://192.0.2.1:8080/")).isEqualTo("192.0.2.1");
    assertThat(site("http://192.0.2.2/")).isNotEqualTo(site("http://192.0.2.1/"));
    assertThat(site("http://[2001:db8:1::1]/"))
        .isEqualTo(site("http://[2001:db8:1:ffff::2]/"))
        .isNotEqualTo(site("http://[2001:db8:2::1]/"));
    assertThat(site("http://a_b/")).isEmpty();
  }

  private static String site(String url) {
    return Site.of(URI.create(url));
  }
}
