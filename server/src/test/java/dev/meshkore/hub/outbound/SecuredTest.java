package dev.meshkore.hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecuredTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  @TempDir private Path folder;

  /// A context with a certificate for right.example, which trusts itself.
  private SSLContext context() throws IOException, GeneralSecurityException, InterruptedException {
    Path file = folder.resolve("keys.p12");
    String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var process =
        new ProcessBuilder(
                tool,
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=right.example",
                "-ext",
                "SAN=dns:right.example",
                "-validity",
                "36500",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  private static String get(OutboundClient client, String host, int port) {
    URI url = URI.create("https://" + host + ":" + port + "/");
    return OutboundClientTest.reason(client.get(url, Map.of()));
  }

  @Test
  void theCertificateMustBeOfTheName() throws Exception {
    SSLContext context = context();
    ServerSocket listener = context.getServerSocketFactory().createServerSocket();
    NameResolver resolver = _ -> List.of(InetAddress.getLoopbackAddress());
    try (RawServer server =
            RawServer.start(
                listener,
                "127.0.0.1",
                0,
                out -> out.write(OK.getBytes(StandardCharsets.US_ASCII)));
        OutboundClient client =
            new OutboundClient(true, resolver, context.getSocketFactory(), OutboundLimits.NORMAL);
        OutboundClient stranger =
            new OutboundClient(
                true,
                resolver,
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                OutboundLimits.NORMAL)) {
      assertThat(get(client, "right.example", server.port())).isEqualTo("answered 200");
      assertThat(get(client, "RIGHT.example.", server.port())).isEqualTo("answered 200");
      assertThat(get(client, "wrong.example", server.port())).contains("certificate");
      assertThat(get(client, "127.0.0.1", server.port())).contains("certificate");
      assertThat(get(stranger, "right.example", server.port())).contains("certificate");
      assertThat(server.requests()).hasSize(2);
    }
  }
}
