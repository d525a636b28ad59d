package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher as a shell runs it, in a project of its own with stand-ins for Java and Maven.
final class LauncherTest {
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "basename",
          "cat",
          "cp",
          "dirname",
          "env",
          "find",
          "grep",
          "head",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sh",
          "sleep",
          "tail",
          "touch",
          "tr");

  @TempDir Path place;

  private Path project = Path.of("");
  private Path tools = Path.of("");
  private Path jdks = Path.of("");
  private final Map<String, String> environment = new HashMap<>();

  record Ended(int code, String out, String err) {}

  @BeforeEach
  void project() throws IOException {
    project = Files.createDirectories(place.resolve("project with spaces"));
    jdks = Files.createDirectories(place.resolve("jdks"));
    tools = Files.createDirectories(place.resolve("tools"));
    Files.copy(Path.of("../meshkore"), project.resolve("meshkore"));
    Files.createDirectories(project.resolve("cli/src/main"));
    Files.createDirectories(project.resolve("protocol"));
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    Files.writeString(project.resolve("cli/pom.xml"), "<project/>");
    for (var tool : TOOLS) {
      Files.createSymbolicLink(tools.resolve(tool), installed(tool));
    }
    script(tools.resolve("java"), "echo 'openjdk version \"17.0.9\"' >&2");
    environment.put("PATH", tools.toString());
    environment.put("HOME", place.toString());
    environment.put("MESHKORE_JAVA_FOLDERS", jdks + "/*");
  }

  @Test
  void findsANewJdkThoughTheJavaOnThePathIsOld() throws Exception {
    jar();
    jdk("jdk-17", "17.0.9");
    jdk("jdk-25", "25.0.1");

    var ended = launch("agents", "two words");

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .contains("jdk-25", "<agents>", "<two words>", "cli/target/meshkore.jar");
  }

  @Test
  void theJavaThatIsNamedComesFirst() throws Exception {
    jar();
    jdk("a", "25");
    var named = jdk("named", "26-ea");
    environment.put("JAVA_HOME", jdk("home", "25").toString());

    environment.put("MESHKORE_JAVA", named.toString());
    assertThat(launch("up").out()).contains("ran named");
    environment.put("MESHKORE_JAVA", named.resolve("bin/java").toString());
    assertThat(launch("up").out()).contains("ran named");
    environment.remove("MESHKORE_JAVA");
    assertThat(launch("up").out()).contains("ran home");
    environment.put("JAVA_HOME", jdk("old", "21.0.2").toString());
    assertThat(launch("up").out()).contains("ran a");
  }

  @Test
  void aNamedJavaThatIsOldIsAnError() throws Exception {
    jar();
    jdk("jdk-25", "25");
    environment.put("MESHKORE_JAVA", jdk("jdk-21", "21").toString());

    var ended = launch("up");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.err()).contains("MESHKORE_JAVA", "JDK 25");
  }

  @Test
  void withoutAJdkItSaysWhatToInstall() throws Exception {
    jar();
    jdk("jdk-17", "17.0.9");

    var ended = launch("up");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.err())
        .contains("JDK 25", "Install", "apt", "brew", "MESHKORE_JAVA", "is older");
  }

  @Test
  void theExitCodeOfTheCommandIsTheLaunchers() throws Exception {
    jar();
    jdk("jdk-25", "25");
    environment.put("STAND_IN_CODE", "3");

    assertThat(launch("inbox").code()).isEqualTo(3);
  }

  @Test
  void buildsOnFirstUseAndNotAgain() throws Exception {
    jdk("jdk-25", "25");
    maven("mkdir -p cli/target && echo jar >cli/target/meshkore.jar && echo built >>built");

    var first = launch("agents");
    var second = launch("agents");

    assertThat(first.code()).isZero();
    assertThat(first.err()).contains("Building MeshKore");
    assertThat(first.out()).contains("<agents>").doesNotContain("from maven");
    assertThat(second.err()).isEmpty();
    assertThat(project.resolve("built")).hasContent("built");
    assertThat(project.resolve(".build/build.log")).content(UTF_8).contains("from maven");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    jar();
    jdk("jdk-25", "25");
    maven("touch cli/target/meshkore.jar && echo built >>built");
    var source = Files.writeString(project.resolve("cli/src/main/Some.java"), "class Some {}");
    Files.setLastModifiedTime(source, FileTime.from(later()));

    launch("agents");

    assertThat(project.resolve("built")).exists();
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLog() throws Exception {
    jdk("jdk-25", "25");
    maven("echo 'ERROR: the reason'; exit 1");

    var ended = launch("agents");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.err()).contains("ERROR: the reason", ".build/build.log");
    assertThat(project.resolve(".build/lock")).doesNotExist();
  }

  @Test
  void withoutMavenItSaysWhatToInstall() throws Exception {
    jdk("jdk-25", "25");

    var ended = launch("agents");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.err()).contains("Maven", "Install");
  }

  @Test
  void theCacheIsUsedOnlyWhereItFits() throws Exception {
    jdk("jdk-25", "25");
    maven("mkdir -p cli/target && echo jar >cli/target/meshkore.jar");
    environment.put("STAND_IN_CACHE", project.resolve(".build/meshkore.aot").toString());

    assertThat(launch("agents").out()).contains("-XX:AOTCache=");

    environment.put("MESHKORE_JAVA", jdk("other", "26").toString());
    assertThat(launch("agents").out()).doesNotContain("-XX:AOTCache=");
    environment.remove("MESHKORE_JAVA");
    Files.setLastModifiedTime(project.resolve("cli/target/meshkore.jar"), FileTime.from(later()));
    assertThat(launch("agents").out()).doesNotContain("-XX:AOTCache=");
  }

  @Test
  void aBuildThatWasKilledDoesNotBlockTheNext() throws Exception {
    jdk("jdk-25", "25");
    maven("mkdir -p cli/target && echo jar >cli/target/meshkore.jar");
    Files.createDirectories(project.resolve(".build/lock"));
    // No process has this number: it is above the largest that Linux gives out.
    Files.writeString(project.resolve(".build/lock/pid"), "4194999");

    assertThat(launch("agents").code()).isZero();
  }

  @Test
  void testsEndWithASummaryAndTheirFailureIsTheLaunchers() throws Exception {
    jdk("jdk-25", "25");
    var report = "<testsuite name=\"a\" tests=\"5\" errors=\"1\" skipped=\"1\" failures=\"0\">";
    maven(
        """
        mkdir -p server/target/surefire-reports
        echo '%s</testsuite>' >server/target/surefire-reports/TEST-a.xml
        """
            .formatted(report));

    var ended = launch("test");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).contains("3 passed, 1 failed, 1 skipped").doesNotContain("All tests");
  }

  private Instant later() throws IOException {
    return Files.getLastModifiedTime(project.resolve("pom.xml")).toInstant().plusSeconds(60);
  }

  private void jar() throws IOException {
    var jar = project.resolve("cli/target/meshkore.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "jar");
    Files.setLastModifiedTime(jar, FileTime.from(later().minusSeconds(30)));
  }

  private Path jdk(String name, String version) throws IOException {
    var folder = jdks.resolve(name);
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(folder.resolve("bin/javac"), "exit 0");
    script(
        folder.resolve("bin/java"),
        """
        echo "ran %s"
        for argument in "$@"; do
          echo "<$argument>"
          case $argument in train) [ -z "${STAND_IN_CACHE:-}" ] || echo x >"$STAND_IN_CACHE" ;; esac
        done
        exit "${STAND_IN_CODE:-0}"
        """
            .formatted(name));
    return folder;
  }

  private void maven(String commands) throws IOException {
    script(tools.resolve("mvn"), "cd '" + project + "' || exit 9\necho 'from maven'\n" + commands);
  }

  private static void script(Path file, String commands) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path installed(String tool) {
    for (var folder : List.of("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin")) {
      var file = Path.of(folder, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException("This machine has no " + tool);
  }

  private Ended launch(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(tools.resolve("sh").toString());
    command.add(project.resolve("meshkore").toString());
    command.addAll(List.of(arguments));
    var out = place.resolve("out");
    var err = place.resolve("err");
    var builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var code = builder.start().waitFor();
    return new Ended(code, Files.readString(out), Files.readString(err));
  }
}
