package dev.meshkore.hub.mcp;

import dev.meshkore.hub.problem.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The tools that a caller chose by `?toolsets=messages,channels:ro`; all of them without it.
///
/// @param tools by name
record Selection(Map<String, Tool> tools) {
  private static final String READ_ONLY = ":ro";

  /// @throws Refused when there is no such toolset
  static Selection of(Optional<String> chosen, List<Toolset> toolsets) {
    var tools = new LinkedHashMap<String, Tool>();
    if (chosen.isEmpty()) {
      toolsets.forEach(toolset -> add(tools, toolset, false));
      return new Selection(tools);
    }
    for (String word : chosen.get().split(",", -1)) {
      boolean isReadOnly = word.endsWith(READ_ONLY);
      String name = isReadOnly ? word.substring(0, word.length() - READ_ONLY.length()) : word;
      Toolset toolset =
          toolsets.stream()
              .filter(one -> one.name().equals(name.strip()))
              .findFirst()
              .orElseThrow(() -> unknown(toolsets));
      add(tools, toolset, isReadOnly);
    }
    return new Selection(tools);
  }

  private static void add(Map<String, Tool> tools, Toolset toolset, boolean isReadOnly) {
    toolset.tools().stream()
        .filter(tool -> !isReadOnly || tool.isReadOnly())
        .forEach(tool -> tools.put(tool.name(), tool));
  }

  private static Refused unknown(List<Toolset> toolsets) {
    String names = toolsets.stream().map(Toolset::name).collect(Collectors.joining(", "));
    return Refused.field(
        "toolsets", "The toolsets are " + names + "; separate them by commas, :ro makes read-only");
  }
}
