package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A Markdown document, split into parts that can be worked on apart.
record DemoDocument(List<Part> parts) {
  private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.+?)\\s*#*\\s*");
  private static final int PARTS_WANTED = 4;
  private static final int PARTS_MAX = 20;
  private static final int PART_CHARACTERS_MAX = 50_000;

  DemoDocument {
    parts = List.copyOf(parts);
  }

  /// @param number from 1 on, in the order of the document
  record Part(int number, String title, String text) {}

  /// Splits at the highest headings that give enough parts; every line is in exactly one part.
  static DemoDocument split(String text) {
    if (text.isBlank()) {
      return new DemoDocument(List.of());
    }
    var lines = text.lines().toList();
    var sections = List.<List<String>>of();
    for (var level = 1; level <= 6; level++) {
      sections = sectionsAt(lines, level);
      if (sections.size() >= PARTS_WANTED) {
        break;
      }
    }
    if (sections.size() < 2) {
      sections = paragraphs(lines);
    }
    var fitting = joined(sections.stream().flatMap(section -> halves(section).stream()).toList());
    var parts = new ArrayList<Part>();
    for (var section : fitting) {
      parts.add(new Part(parts.size() + 1, titleOf(section), String.join("\n", section) + "\n"));
    }
    return new DemoDocument(parts);
  }

  private static List<List<String>> sectionsAt(List<String> lines, int level) {
    var sections = new ArrayList<List<String>>();
    var current = new ArrayList<String>();
    var isCode = false;
    for (var line : lines) {
      if (line.startsWith("```") || line.startsWith("~~~")) {
        isCode = !isCode;
      }
      var heading = HEADING.matcher(line);
      var starts = !isCode && heading.matches() && heading.group(1).length() <= level;
      if (starts && current.stream().anyMatch(before -> !before.isBlank())) {
        sections.add(List.copyOf(current));
        current.clear();
      }
      current.add(line);
    }
    if (current.stream().anyMatch(line -> !line.isBlank())) {
      sections.add(current);
    }
    return sections;
  }

  private static List<List<String>> paragraphs(List<String> lines) {
    var sections = new ArrayList<List<String>>();
    var current = new ArrayList<String>();
    for (var line : lines) {
      current.add(line);
      if (line.isBlank() && current.size() * PARTS_WANTED >= lines.size()) {
        sections.add(List.copyOf(current));
        current.clear();
      }
    }
    if (current.stream().anyMatch(line -> !line.isBlank())) {
      sections.add(current);
    }
    return sections;
  }

  /// A section that is too large for one message, cut between lines until it fits.
  private static List<List<String>> halves(List<String> section) {
    var characters = section.stream().mapToInt(line -> line.length() + 1).sum();
    if (characters <= PART_CHARACTERS_MAX || section.size() < 2) {
      return List.of(section);
    }
    var middle = section.size() / 2;
    var cut = new ArrayList<>(halves(section.subList(0, middle)));
    cut.addAll(halves(section.subList(middle, section.size())));
    return cut;
  }

  /// Neighbours put together until there are few enough.
  private static List<List<String>> joined(List<List<String>> sections) {
    var perPart = (sections.size() + PARTS_MAX - 1) / PARTS_MAX;
    var result = new ArrayList<List<String>>();
    for (var start = 0; start < sections.size(); start += perPart) {
      var end = Math.min(start + perPart, sections.size());
      result.add(sections.subList(start, end).stream().flatMap(List::stream).toList());
    }
    return result;
  }

  private static String titleOf(List<String> section) {
    for (var line : section) {
      var heading = HEADING.matcher(line);
      if (heading.matches()) {
        return heading.group(2);
      }
    }
    var first = section.stream().filter(line -> !line.isBlank()).findFirst().orElse("").strip();
    return first.length() > 40 ? first.substring(0, 39) + "…" : first;
  }
}
