package dev.meshkore.hub.conformance;

import dev.meshkore.hub.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// Compares an answer with what a step expects. Every difference is one sentence.
final class Expectation {
  private static final Set<String> MEMBERS =
      Set.of("status", "problem", "body", "headers", "require", "forbid");
  private static final Set<String> PATTERNS = Set.of("$absent", "$contains", "$length", "$pattern");

  private Expectation() {}

  /// Everything in which an answer differs from what was expected.
  static List<String> differences(JsonNode expected, Answer answer) {
    var differences = new ArrayList<String>();
    for (String member : expected.propertyNames()) {
      if (!MEMBERS.contains(member)) {
        throw new IllegalArgumentException("Nothing can be expected of " + member);
      }
    }
    compareStatus(expected.path("status"), answer.status(), differences);
    if (expected.has("problem")) {
      compareProblem(expected.get("problem").stringValue(), answer, differences);
    }
    if (expected.has("body")) {
      compare("", expected.get("body"), answer.json(), differences);
    }
    for (Map.Entry<String, JsonNode> header : expected.path("headers").properties()) {
      JsonNode actual =
          answer
              .header(header.getKey())
              .<JsonNode>map(JsonNodeFactory.instance::stringNode)
              .orElse(MissingNode.getInstance());
      compare("header " + header.getKey(), header.getValue(), actual, differences);
    }
    String text = answer.text();
    for (JsonNode required : expected.path("require")) {
      if (!text.contains(required.stringValue())) {
        differences.add("the body lacks: " + required);
      }
    }
    for (JsonNode forbidden : expected.path("forbid")) {
      if (text.contains(forbidden.stringValue())) {
        differences.add("the body holds what it must not: " + forbidden);
      }
    }
    return differences;
  }

  private static void compareStatus(JsonNode expected, int actual, List<String> differences) {
    boolean matches =
        expected.isMissingNode()
            || (expected.isArray()
                ? expected.valueStream().anyMatch(it -> it.intValue() == actual)
                : expected.intValue() == actual);
    if (!matches) {
      differences.add("status " + actual + ", not " + expected);
    }
  }

  private static void compareProblem(String slug, Answer answer, List<String> differences) {
    String contentType = answer.header("Content-Type").orElse("none");
    if (!contentType.startsWith("application/problem+json")) {
      differences.add("Content-Type " + contentType + ", not that of a problem");
    }
    JsonNode actual = answer.json();
    var problem = JsonNodeFactory.instance.objectNode();
    problem.put("status", answer.status());
    if (slug.equals("about:blank")) {
      problem.put("type", slug);
    } else {
      ProblemType type =
          ProblemType.of(slug)
              .orElseThrow(() -> new IllegalArgumentException("There is no problem " + slug));
      problem.put("type", "/problems/" + slug);
      problem.put("title", type.title());
      if (answer.status() != type.status()) {
        differences.add("status " + answer.status() + " of " + slug + ", not " + type.status());
      }
    }
    compare("", problem, actual, differences);
  }

  private static void compare(
      String at, JsonNode expected, JsonNode actual, List<String> differences) {
    String where = at.isEmpty() ? "the body" : at;
    if (expected.isObject() && expected.has("$absent")) {
      if (!actual.isMissingNode()) {
        differences.add(where + " is there: " + actual);
      }
    } else if (actual.isMissingNode()) {
      differences.add(where + " is missing or no JSON");
    } else if (expected.isString() && expected.stringValue().equals("*")) {
      return;
    } else if (expected.isObject()) {
      compareObject(where, at, expected, actual, differences);
    } else if (expected.isArray()) {
      compareList(where, at, expected, actual, differences);
    } else if (!isEqual(expected, actual)) {
      differences.add(where + " is " + actual + ", not " + expected);
    }
  }

  private static void compareObject(
      String where, String at, JsonNode expected, JsonNode actual, List<String> differences) {
    if (expected.propertyStream().anyMatch(it -> PATTERNS.contains(it.getKey()))) {
      comparePattern(where, expected, actual, differences);
    } else if (!actual.isObject()) {
      differences.add(where + " is no object: " + actual);
    } else {
      expected
          .properties()
          .forEach(it ->
              compare(
                  at + "/" + it.getKey(), it.getValue(), actual.path(it.getKey()), differences));
    }
  }

  private static void compareList(
      String where, String at, JsonNode expected, JsonNode actual, List<String> differences) {
    if (!actual.isArray() || actual.size() != expected.size()) {
      differences.add(where + " is no list of " + expected.size() + ": " + actual);
      return;
    }
    for (int i = 0; i < expected.size(); i++) {
      compare(at + "/" + i, expected.get(i), actual.get(i), differences);
    }
  }

  private static void comparePattern(
      String where, JsonNode expected, JsonNode actual, List<String> differences) {
    if (expected.has("$pattern")) {
      String pattern = expected.get("$pattern").stringValue();
      if (!actual.isString() || !Pattern.compile(pattern).matcher(actual.stringValue()).find()) {
        differences.add(where + " is " + actual + ", which is not like " + pattern);
      }
    } else if (!actual.isArray()) {
      differences.add(where + " is no list: " + actual);
    } else if (expected.has("$length") && actual.size() != expected.get("$length").intValue()) {
      differences.add(where + " has " + actual.size() + " items, not " + expected.get("$length"));
    }
    for (JsonNode wanted : expected.path("$contains")) {
      boolean isThere =
          actual
              .valueStream()
              .anyMatch(item -> {
                var itemDifferences = new ArrayList<String>();
                compare("", wanted, item, itemDifferences);
                return itemDifferences.isEmpty();
              });
      if (!isThere) {
        differences.add(where + " has no item like " + wanted + ": " + actual);
      }
    }
  }

  private static boolean isEqual(JsonNode expected, JsonNode actual) {
    if (expected.isNumber() && actual.isNumber()) {
      return expected.decimalValue().compareTo(actual.decimalValue()) == 0;
    }
    return expected.equals(actual);
  }
}
