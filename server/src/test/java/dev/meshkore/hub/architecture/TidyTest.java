package dev.meshkore.hub.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Sources stay small and plain. The limits are a ratchet: they may go down and never up.
final class TidyTest {
  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 70;
  private static final int COLUMNS_MAX = 100;
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
  private static final Pattern EMPTY_NAME =
      Pattern.compile("(?i)util|utils|common|helper|helpers|manager|impl|service|services");
  private static final Pattern EMPTY_SUFFIX =
      Pattern.compile("\\w*(Util|Utils|Common|Helper|Manager|Impl|Service)");

  private static List<Path> sources() throws IOException {
    var sources = new ArrayList<Path>();
    for (String module : List.of("server", "cli", "bench", "interop/fixtures", "sdks/java")) {
      Path folder = Path.of("..", module, "src");
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return sources;
  }

  @Test
  void linesArePlain() throws IOException {
    var mistakes = new ArrayList<String>();
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() > FILE_LINES_MAX) {
        mistakes.add(file + " has " + lines.size() + " lines");
      }
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        String place = file + ":" + (i + 1);
        // An import cannot be wrapped.
        if (line.codePointCount(0, line.length()) > COLUMNS_MAX && !line.startsWith("import ")) {
          mistakes.add(place + " is longer than " + COLUMNS_MAX + " columns");
        }
        if (line.contains("\t") || !line.equals(line.stripTrailing())) {
          mistakes.add(place + " has a tab or ends in a space");
        }
        if (UNFINISHED.matcher(line).find()) {
          mistakes.add(place + " is not finished");
        }
        if (line.startsWith("import ") && line.endsWith("*;")) {
          mistakes.add(place + " imports with a wildcard");
        }
      }
    }
    assertThat(mistakes).isEmpty();
  }

  @Test
  void methodsAreShortAndTypesAreNamedAndExplained() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var mistakes = new ArrayList<String>();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjectsFromPaths(sources());
      var task = (JavacTask) compiler.getTask(null, files, null, null, null, units);
      var look = new Look(Trees.instance(task), mistakes);
      for (CompilationUnitTree unit : task.parse()) {
        for (String part : String.valueOf(unit.getPackageName()).split("\\.")) {
          if (EMPTY_NAME.matcher(part).matches()) {
            mistakes.add(unit.getPackageName() + " says nothing");
          }
        }
        look.scan(unit, unit);
      }
    }
    assertThat(mistakes).isEmpty();
  }

  private static final class Look extends TreePathScanner<@Nullable Void, CompilationUnitTree> {
    private final Trees trees;
    private final List<String> mistakes;

    Look(Trees trees, List<String> mistakes) {
      this.trees = trees;
      this.mistakes = mistakes;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, CompilationUnitTree unit) {
      long lines = line(unit, method, false) - line(unit, method, true) + 1;
      if (lines > METHOD_LINES_MAX) {
        mistakes.add(place(unit, method.getName()) + " has " + lines + " lines");
      }
      return super.visitMethod(method, unit);
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, CompilationUnitTree unit) {
      if (EMPTY_SUFFIX.matcher(type.getSimpleName()).matches()) {
        mistakes.add(place(unit, type.getSimpleName()) + " has a name that says nothing");
      }
      boolean isPublic = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (isPublic && trees.getDocComment(getCurrentPath()) == null) {
        mistakes.add(place(unit, type.getSimpleName()) + " is public and not explained");
      }
      return super.visitClass(type, unit);
    }

    private long line(CompilationUnitTree unit, Tree tree, boolean atStart) {
      var positions = trees.getSourcePositions();
      long position =
          atStart ? positions.getStartPosition(unit, tree) : positions.getEndPosition(unit, tree);
      return unit.getLineMap().getLineNumber(position);
    }

    private static String place(CompilationUnitTree unit, CharSequence name) {
      return unit.getSourceFile().getName() + ": " + name;
    }
  }
}
