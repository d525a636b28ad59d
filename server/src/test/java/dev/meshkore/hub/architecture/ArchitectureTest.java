package dev.meshkore.hub.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The code is as `ARCHITECTURE.md` says.
final class ArchitectureTest {
  private static final String ROOT = "dev.meshkore.hub";
  private static final Path SOURCES = Path.of("src/main/java/dev/meshkore/hub");
  private static final Path PAGE = Path.of("../ARCHITECTURE.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|[^|]*\\|([^|]*)\\|$");
  private static final Pattern WORD = Pattern.compile("`(\\w+)`");
  private static final Pattern FILE = Pattern.compile("`([\\w./-]+\\.(?:java|sql|yaml|md|html))`");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static Map<String, Set<String>> table() throws IOException {
    var table = new HashMap<String, Set<String>>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(row -> {
          var allowed = new HashSet<String>();
          WORD.matcher(row.group(2)).results().forEach(word -> allowed.add(word.group(1)));
          table.put(row.group(1), allowed);
        });
    return table;
  }

  private static String module(JavaClass type) {
    String rest = type.getPackageName().substring(ROOT.length());
    return rest.isEmpty() ? "" : rest.substring(1);
  }

  private static GivenClassesConjunction ordinaryClasses() {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".Hub")
        .and()
        .doNotHaveFullyQualifiedName(ROOT + ".Main");
  }

  @Test
  void modulesUseWhatTheTableAllows() throws IOException {
    Map<String, Set<String>> table = table();
    var modules = new TreeSet<String>();
    var violations = new ArrayList<String>();
    for (JavaClass type : CLASSES) {
      String module = module(type);
      if (module.isEmpty()) {
        continue;
      }
      modules.add(module);
      Set<String> allowed = table.getOrDefault(module, Set.of());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        boolean isOfHub = target.getPackageName().startsWith(ROOT);
        String used = isOfHub ? module(target) : module;
        if (!used.equals(module) && !allowed.contains(used)) {
          violations.add(dependency.getDescription());
        }
      }
    }
    assertThat(violations).isEmpty();
    assertThat(table.keySet()).isEqualTo(modules);
  }

  @Test
  void theTableAllowsNothingThatNobodyNeeds() throws IOException {
    var used = new HashMap<String, Set<String>>();
    table().keySet().forEach(module -> used.put(module, new HashSet<>()));
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith(ROOT) && !module(target).equals(module(type))) {
          used.getOrDefault(module(type), new HashSet<>()).add(module(target));
        }
      }
    }
    assertThat(table()).isEqualTo(used);
  }

  @Test
  void modulesFormATree() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheEdgeKnowsVertx() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".http")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void onlyTheStoreOpensConnections() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".store")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(java.sql.Connection.class, java.sql.DriverManager.class)
        .check(CLASSES);
  }

  @Test
  void timeIsGivenAndNothingSleepsOrPrints() {
    ordinaryClasses().should().callMethod(Instant.class, "now").check(CLASSES);
    ordinaryClasses().should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
    ordinaryClasses().should().callMethod(System.class, "nanoTime").check(CLASSES);
    ordinaryClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
    ordinaryClasses().should().accessField(System.class, "out").check(CLASSES);
    ordinaryClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ThreadLocal.class)
        .check(CLASSES);
  }

  @Test
  void classesAreFinalOrMeantToBeExtended() {
    List<String> open =
        CLASSES.stream()
            .filter(type -> !type.isInterface() && !type.isEnum() && !type.isAnonymousClass())
            .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
            .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
            .filter(type -> type.getRawSuperclass().map(of -> !of.isEnum()).orElse(true))
            .map(JavaClass::getName)
            .toList();
    assertThat(open).isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    try (var folders = Files.walk(SOURCES)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        assertThat(folder.resolve("package-info.java")).content().contains("@NullMarked");
      }
    }
  }

  @Test
  void everyFileNamedIsThere() throws IOException {
    List<String> named =
        FILE.matcher(Files.readString(PAGE)).results().map(ArchitectureTest::name).toList();
    assertThat(named).hasSizeGreaterThan(20);
    for (String file : named) {
      boolean isThere =
          Files.exists(SOURCES.resolve(file)) || Files.exists(Path.of("..").resolve(file));
      assertThat(isThere).as(file).isTrue();
    }
  }

  private static String name(MatchResult match) {
    return match.group(1);
  }
}
