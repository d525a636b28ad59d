package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What came back for each part of a document, and how often.
final class DemoResults {
  private final DemoDocument document;
  private final Map<Integer, Returned> returned = new TreeMap<>();

  DemoResults(DemoDocument document) {
    this.document = document;
  }

  private record Returned(String worker, JsonNode result, long tookMs, int times) {}

  /// Notes a result; one that came before is counted, and the first is kept.
  void add(int part, String worker, JsonNode result, long tookMs) {
    returned.merge(
        part,
        new Returned(worker, result, tookMs, 1),
        (first, _) ->
            new Returned(first.worker(), first.result(), first.tookMs(), first.times() + 1));
  }

  boolean areComplete() {
    return document.parts().stream().allMatch(part -> returned.containsKey(part.number()));
  }

  boolean areExactlyOnce() {
    return areComplete()
        && returned.size() == document.parts().size()
        && returned.values().stream().allMatch(result -> result.times() == 1);
  }

  /// The results in the order of the document, as JSON for whoever shows them.
  ObjectNode summary() {
    var summary = Json.object().put("exactly_once", areExactlyOnce());
    var parts = summary.putArray("parts");
    for (var part : document.parts()) {
      var entry = parts.addObject().put("part", part.number()).put("title", part.title());
      var result = returned.get(part.number());
      entry.put("times", result == null ? 0 : result.times());
      if (result != null) {
        entry.put("worker", result.worker()).put("took_ms", result.tookMs());
        entry.set("result", result.result());
      }
    }
    return summary;
  }

  /// The report that the coordinator makes of all results.
  String report(String name) {
    var report = new ArrayList<String>();
    report.add("# Report on " + name);
    report.add("");
    report.add(overview());
    for (var part : document.parts()) {
      var found = returned.get(part.number());
      report.add("");
      report.add("## " + part.number() + ". " + part.title());
      report.add("");
      if (found == null) {
        report.add("Nothing came back for this part.");
        continue;
      }
      var result = found.result();
      report.add("- By " + found.worker());
      report.add("- " + number(result, "words") + " words, " + readingTime(result));
      report.add("- Key terms: " + orNone(words(result, "terms")));
      report.add("- Relative links: " + number(result, "links") + "; broken: " + broken(result));
      for (var heading : words(result, "headings")) {
        report.add("  - " + heading);
      }
    }
    return String.join("\n", report) + "\n";
  }

  private String overview() {
    var words = 0L;
    var broken = 0;
    for (var found : returned.values()) {
      words += number(found.result(), "words");
      broken += words(found.result(), "broken").size();
    }
    return "%d parts, %d words, %d broken relative links."
        .formatted(document.parts().size(), words, broken);
  }

  private static String readingTime(JsonNode result) {
    var seconds = number(result, "reading_seconds");
    return seconds < 60 ? seconds + " s to read" : (seconds + 30) / 60 + " min to read";
  }

  private static String broken(JsonNode result) {
    return orNone(words(result, "broken"));
  }

  private static long number(JsonNode result, String member) {
    return result.path(member).asLong(0);
  }

  private static String orNone(List<String> words) {
    return words.isEmpty() ? "none" : String.join(", ", words);
  }

  private static List<String> words(JsonNode result, String member) {
    var words = new ArrayList<String>();
    result.path(member).forEach(word -> words.add(word.asString()));
    return words;
  }
}
