package dev.meshkore.hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutboundClientTest {
  static final OutboundLimits SMALL =
      new OutboundLimits(
          Duration.ofSeconds(2),
          Duration.ofMillis(700),
          Duration.ofMillis(900),
          4_096,
          10_000,
          50_000,
          4);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  static OutboundClient client(boolean isPrivateAllowed, NameResolver resolver) {
    return new OutboundClient(
        isPrivateAllowed, resolver, (SSLSocketFactory) SSLSocketFactory.getDefault(), SMALL);
  }

  private static OutboundClient local() {
    return client(true, _ -> List.of(InetAddress.getLoopbackAddress()));
  }

  static String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered answered -> "answered " + answered.status();
      case Outcome.Forbidden forbidden -> "forbidden: " + forbidden.reason();
      case Outcome.Failed failed -> "failed: " + failed.reason();
    };
  }

  private static String get(RawServer server) {
    try (OutboundClient client = local()) {
      return reason(client.get(server.url("a.example"), Map.of()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/",
        "http://127.0.0.1.:%d/",
        "http://127.1:%d/",
        "http://127.0.1:%d/",
        "http://2130706433:%d/",
        "http://017700000001:%d/",
        "http://0x7f000001:%d/",
        "http://0x7f.1:%d/",
        "http://0x7f.0x0.0x0.0x1:%d/",
        "http://0177.0.0.1:%d/",
        "http://127.000.000.001:%d/",
        "http://0:%d/",
        "http://0.0.0.0:%d/",
        "http://①②⑦.0.0.1:%d/",
        "http://127。0。0。1:%d/",
        "http://localhost:%d/",
        "http://LOCALHOST:%d/",
        "http://localhost.:%d/",
        "http://a.localhost:%d/",
        "http://ⓛocalhost:%d/",
        "http://[::1]:%d/",
        "http://[0:0:0:0:0:0:0:1]:%d/",
        "http://[::]:%d/",
        "http://[::ffff:127.0.0.1]:%d/",
        "http://[::ffff:7f00:1]:%d/",
        "http://[::127.0.0.1]:%d/",
        "http://[::ffff:0:127.0.0.1]:%d/",
        "http://[64:ff9b::127.0.0.1]:%d/",
        "http://[2002:7f00:1::]:%d/",
        "http://[fe80::1]:%d/",
        "http://[fe80::1%%25lo]:%d/",
        "http://user@127.0.0.1:%d/",
        "http://a.example@127.0.0.1:%d/",
        "http://user:password@a.example:%d/",
        "//127.0.0.1:%d/",
        "file:///etc/passwd?%d",
        "ftp://a.example:%d/",
        "gopher://127.0.0.1:%d/",
        "jar:http://127.0.0.1:%d/!/a",
        "http:a.example:%d",
        "http:///%d",
        "http://a_b.example:%d/",
        "http://a..example:%d/"
      })
  void noSpellingOfThisMachineReachesIt(String form) throws Exception {
    try (RawServer canary = RawServer.saying(OK);
        OutboundClient client = client(false, NameResolver.SYSTEM)) {
      var url = new URI(String.format(form, canary.port()));
      assertThat(client.get(url, Map.of())).isInstanceOf(Outcome.Forbidden.class);
      assertThatThrownBy(() -> client.check(url))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.type()).isEqualTo(ProblemType.OUTBOUND_REFUSED));
      assertThat(canary.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a.example:22/", "http://a.example:0/", "https://a.example:25"})
  void portsOfOtherProtocolsAreRefused(String url) {
    try (OutboundClient client = client(false, NameResolver.SYSTEM)) {
      assertThatThrownBy(() -> client.check(URI.create(url))).isInstanceOf(Refused.class);
      client.check(URI.create("https://a.example:8443/x?y=1"));
    }
  }

  @Test
  void addressesThatAreTooLongAreRefused() {
    try (OutboundClient client = local()) {
      var url = URI.create("https://a.example/" + "x".repeat(2_000));
      assertThatThrownBy(() -> client.check(url)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void aNameIsCheckedByWhatItLeadsTo() throws Exception {
    try (RawServer canary = RawServer.saying(OK)) {
      List<InetAddress> loopback = List.of(InetAddress.getLoopbackAddress());
      var mixed = List.of(InetAddress.ofLiteral("192.0.1.1"), InetAddress.getLoopbackAddress());
      try (OutboundClient client = client(false, _ -> loopback);
          OutboundClient mixedUp = client(false, _ -> mixed)) {
        URI url = canary.url("a.example");
        client.check(url);
        assertThat(reason(client.get(url, Map.of())))
            .isEqualTo("forbidden: The address is loopback");
        assertThat(mixedUp.get(url, Map.of())).isInstanceOf(Outcome.Forbidden.class);
      }
      assertThat(canary.connections()).isZero();
    }
  }

  @Test
  void aNameIsLookedUpOnceAndTheConnectionGoesThere() throws Exception {
    var asked = new ArrayList<String>();
    List<String> answers = List.of("127.0.0.1", "127.0.0.2", "169.254.169.254");
    NameResolver changing =
        name -> {
          asked.add(name);
          return List.of(InetAddress.ofLiteral(answers.get(asked.size() - 1)));
        };
    try (RawServer first = RawServer.saying(OK);
        RawServer second =
            RawServer.start(
                new ServerSocket(),
                "127.0.0.2",
                first.port(),
                out -> out.write(OK.getBytes(StandardCharsets.US_ASCII)));
        OutboundClient client = client(true, changing)) {
      assertThat(reason(client.get(first.url("a.example"), Map.of()))).isEqualTo("answered 200");
      assertThat(asked).hasSize(1);
      assertThat(first.connections()).isEqualTo(1);
      assertThat(second.connections()).isZero();
      assertThat(reason(client.get(first.url("a.example"), Map.of()))).isEqualTo("answered 200");
      assertThat(second.connections()).isEqualTo(1);
      assertThat(client.get(first.url("a.example"), Map.of()))
          .isInstanceOf(Outcome.Forbidden.class);
      assertThat(asked).hasSize(3);
    }
  }

  @Test
  void aNameThatIsNotFoundInTimeIsGivenUp() throws Exception {
    var forever = new CountDownLatch(1);
    NameResolver slow =
        _ -> {
          try {
            forever.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException();
        };
    try (OutboundClient client = client(true, slow)) {
      assertThat(reason(client.get(URI.create("http://a.example/"), Map.of())))
          .startsWith("failed: ");
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (RawServer canary = RawServer.saying(OK);
        RawServer server =
            RawServer.saying(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + canary.url("127.0.0.1")
                    + "\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(get(server)).contains("redirect");
      assertThat(canary.connections()).isZero();
    }
  }

  @Test
  void whatGoesOutHoldsNothingOfTheHub() throws Exception {
    try (RawServer server = RawServer.saying(OK);
        OutboundClient client = local()) {
      byte[] body = "{}".getBytes(StandardCharsets.US_ASCII);
      var url = URI.create("http://A.example:" + server.port() + "/a%20b?c=d#e");
      Outcome answer = client.post(url, Map.of("Content-Type", "application/json"), body);
      assertThat(((Outcome.Answered) answer).body()).asString().isEqualTo("hi");
      assertThat(server.requests())
          .containsExactly(
              "POST /a%20b?c=d HTTP/1.1\r\nHost: a.example:"
                  + server.port()
                  + "\r\nUser-Agent: meshkore\r\nAccept-Encoding: identity\r\n"
                  + "Connection: close\r\nContent-Length: 2\r\nContent-Type: application/json"
                  + "\r\n\r\n{}");
    }
  }

  @Test
  void headersCannotBreakOut() throws Exception {
    try (RawServer server = RawServer.saying(OK);
        OutboundClient client = local()) {
      for (Map<String, String> headers :
          List.of(
              Map.of("X", "a\r\nHost: b"),
              Map.of("X", "a\nb"),
              Map.of("X\r\nY", "a"),
              Map.of("X", "ä"),
              Map.of("Host", "b.example"),
              Map.of("Transfer-Encoding", "chunked"))) {
        assertThat(client.get(server.url("a.example"), headers))
            .isInstanceOf(Outcome.Forbidden.class);
      }
      assertThat(server.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\nhi",
        "HTTP/1.1 999 What\r\n\r\nhi",
        "HTTP/1.1 101 Switching\r\n\r\nhi",
        "HTTP/2 200\r\n\r\nhi",
        "SSH-2.0-OpenSSH\r\n",
        "\r\n\r\n",
        ""
      })
  void answersThatAreNotPlainAreFailures(String text) throws Exception {
    try (RawServer server = RawServer.saying(text)) {
      assertThat(get(server)).startsWith("failed: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK,
        "HTTP/1.0 200\r\n\r\nhi",
        "HTTP/1.1 200 OK\n\nhi",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhi",
        "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n1;x\r\ni\r\n0\r\nT: x\r\n\r\n"
      })
  void everyFramingIsRead(String text) throws Exception {
    try (RawServer server = RawServer.saying(text);
        OutboundClient client = local()) {
      Outcome outcome = client.get(server.url("a.example"), Map.of());
      assertThat(reason(outcome)).isEqualTo("answered 200");
      assertThat(((Outcome.Answered) outcome).body()).asString().isEqualTo("hi");
    }
  }

  @Test
  void whatHasNoEndIsCutOff() throws Exception {
    String part = "x".repeat(500) + "\r\n";
    try (RawServer body = RawServer.repeating("HTTP/1.1 200 OK\r\n\r\n", part, 0);
        RawServer chunks =
            RawServer.repeating(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "64\r\n" + "x".repeat(100) + "\r\n",
                0);
        RawServer headers = RawServer.repeating("HTTP/1.1 200 OK\r\n", "X: " + part, 0);
        RawServer oneHeader = RawServer.repeating("HTTP/1.1 200 OK\r\nX: ", "x", 0);
        RawServer interim = RawServer.repeating("", "HTTP/1.1 100 Continue\r\n\r\n", 0);
        RawServer announced =
            RawServer.saying("HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n")) {
      assertThat(get(body)).contains("larger than 10000");
      assertThat(get(chunks)).contains("larger than 10000");
      assertThat(get(headers)).contains("headers are larger than 4096");
      assertThat(get(oneHeader)).contains("headers are larger than 4096");
      assertThat(get(interim)).startsWith("failed: ");
      assertThat(get(announced)).contains("larger than 10000");
    }
  }

  @Test
  void whatIsSlowEndsInTime() throws Exception {
    try (RawServer silent = RawServer.silent();
        RawServer drip =
            RawServer.repeating("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "x", 20);
        RawServer dripOfHead = RawServer.repeating("HTTP/1.1 200 OK\r\nX: ", "x", 20);
        OutboundClient client = local()) {
      assertThat(get(silent)).contains("longer than");
      assertThat(get(drip)).contains("longer than");
      assertThat(get(dripOfHead)).contains("longer than");
      var secured = URI.create("https://a.example:" + silent.port() + "/");
      assertThat(reason(client.get(secured, Map.of()))).contains("longer than");
    }
  }

  @Test
  void aWriteThatNobodyReadsEndsInTime() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        OutboundClient client = local()) {
      var url = URI.create("http://a.example:" + deaf.getLocalPort() + "/");
      Outcome outcome = client.post(url, Map.of(), new byte[64 << 20]);
      assertThat(reason(outcome)).contains("longer than");
    }
  }

  @Test
  void nothingListening() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    try (OutboundClient client = local()) {
      Outcome outcome = client.get(URI.create("http://a.example:" + port + "/"), Map.of());
      assertThat(reason(outcome)).isEqualTo("failed: No connection could be made");
    }
  }

  @Test
  void onlySoManyCallsAreOpenAtOnceAndClosingEndsThem() throws Exception {
    OutboundClient client = local();
    try (RawServer silent = RawServer.silent();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var open = new ArrayList<Future<Outcome>>();
      URI url = silent.url("a.example");
      for (int i = 0; i < 4; i++) {
        open.add(threads.submit(() -> client.stream(url, Map.of(), new byte[0], _ -> true)));
      }
      while (silent.connections() < 4) {
        Thread.onSpinWait();
      }
      assertThat(reason(client.get(url, Map.of()))).contains("too many");
      client.close();
      for (Future<Outcome> one : open) {
        assertThat(reason(one.get(5, TimeUnit.SECONDS))).contains("stopping");
      }
      assertThat(reason(client.get(url, Map.of()))).contains("stopping");
    }
  }

  @Test
  void theSwitchLetsPrivateNetworksThrough() throws IOException {
    try (RawServer server = RawServer.saying(OK);
        OutboundClient open = client(true, NameResolver.SYSTEM);
        OutboundClient shut = client(false, NameResolver.SYSTEM)) {
      assertThat(reason(open.get(server.url("127.0.0.1"), Map.of()))).isEqualTo("answered 200");
      assertThat(reason(open.get(server.url("localhost"), Map.of()))).isEqualTo("answered 200");
      assertThat(shut.get(server.url("127.0.0.1"), Map.of())).isInstanceOf(Outcome.Forbidden.class);
      assertThat(server.connections()).isEqualTo(2);
    }
  }
}
