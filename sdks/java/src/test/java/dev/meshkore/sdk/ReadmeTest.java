package dev.meshkore.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the code of the README as it is written there, against a hub of its own.
final class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void everyLineRuns() throws Exception {
    try (var hub = TestHub.open(folder);
        var shop = Seller.wanting(Seller.required(Seller.way("10000")))) {
      MeshKoreAgent other = hub.agent("other-agent");
      Thread answering =
          Thread.startVirtualThread(() -> {
            for (Message message : other.messages(Duration.ofSeconds(20))) {
              if (message.payload().path("type").asString("").equals("ping")) {
                other.reply(message, Map.of("text", "pong"));
                break;
              }
            }
          });
      String printed = run(compiled(hub, shop));
      answering.join();
      assertThat(printed)
          .contains("other-agent answered {\"text\":\"pong\"}")
          .contains("[my-agent, translator]")
          .contains("unknown-recipient: ")
          .contains("did:key:z6Mk")
          .contains("only you can read this Encrypted[")
          .contains("asset=CREDIT, decimals=6, available=0")
          .contains("fine for 10000 atoms")
          .contains("bob: only members can read this\ntrue\n");
    }
  }

  private Path compiled(TestHub hub, Seller shop) throws Exception {
    var imports = new StringBuilder();
    var body = new StringBuilder();
    for (String block : blocks()) {
      for (String line : block.lines().toList()) {
        (line.startsWith("import ") ? imports : body).append(line).append('\n');
      }
    }
    // Only places are exchanged: the hub's, the invite's, the seller's and the folder's.
    String code =
        body.toString()
            .replaceAll("http://[0-9.:]+/join/\\w+", hub.invite(10).toString())
            .replaceAll("http://127.0.0.1:4770", hub.url().toString().replaceFirst("/$", ""))
            .replace("http://127.0.0.1:4021/weather", shop.url().toString())
            .replace("Path.of(\"", "Path.of(\"" + folder + "/");
    Path source = folder.resolve("Readme.java");
    Files.writeString(
        source,
        imports + "class Readme { static void run() throws Exception {\n" + code + "}}\n",
        StandardCharsets.UTF_8);
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    var options = List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjects(source);
      boolean isGood = compiler.getTask(said, files, null, options, null, units).call();
      assertThat(isGood).as(said.toString()).isTrue();
    }
    return folder;
  }

  private static String run(Path classes) throws Exception {
    var printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      var method = loader.loadClass("Readme").getDeclaredMethod("run");
      method.setAccessible(true);
      method.invoke(null);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static List<String> blocks() throws Exception {
    var blocks = new ArrayList<String>();
    var matcher = BLOCK.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    assertThat(blocks).hasSize(10);
    return blocks;
  }
}
