package dev.meshkore.hub.catalog;

import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What an entry must have: of each key one of its values. A key is the path of a member, with
/// dots.
///
/// @param wanted the values of each key, in small letters
record EntryFilter(Map<String, List<String>> wanted) {
  static final EntryFilter ALL = new EntryFilter(Map.of());

  private static final int KEYS_MAX = 20;
  private static final int VALUES_MAX = 50;

  /// Reads `{"path": ["value", …]}`.
  static EntryFilter read(JsonNode filter) {
    var wanted = new LinkedHashMap<String, List<String>>();
    for (Map.Entry<String, JsonNode> one : filter.properties()) {
      JsonNode values = one.getValue();
      var texts = new ArrayList<String>();
      for (JsonNode value : values.isArray() ? values : List.of(values)) {
        if (value.isContainer() || value.isNull() || texts.size() == VALUES_MAX) {
          throw wrong();
        }
        texts.add(value.asString().toLowerCase(Locale.ROOT));
      }
      if (wanted.size() == KEYS_MAX) {
        throw wrong();
      }
      wanted.put(one.getKey(), texts);
    }
    return new EntryFilter(wanted);
  }

  /// Reads `path=value AND path=value`.
  static EntryFilter parse(String text) {
    if (text.isBlank()) {
      return ALL;
    }
    var wanted = new LinkedHashMap<String, List<String>>();
    for (String part : text.split(" AND ", KEYS_MAX + 1)) {
      int equals = part.indexOf('=');
      if (equals < 1 || wanted.size() == KEYS_MAX) {
        throw wrong();
      }
      String value = part.substring(equals + 1).strip().replaceAll("^\"|\"$", "");
      wanted
          .computeIfAbsent(part.substring(0, equals).strip(), _ -> new ArrayList<>())
          .add(value.toLowerCase(Locale.ROOT));
    }
    return new EntryFilter(wanted);
  }

  boolean includes(JsonNode entry) {
    return wanted.entrySet().stream()
        .allMatch(one ->
            values(entry, one.getKey()).stream()
                .anyMatch(value -> one.getValue().contains(value.toLowerCase(Locale.ROOT))));
  }

  /// The values of a member, by its path; a list has many.
  static List<String> values(JsonNode entry, String path) {
    JsonNode node = entry;
    for (String name : path.split("\\.", 8)) {
      node = node.path(name);
    }
    var values = new ArrayList<String>();
    for (JsonNode value : node.isArray() ? node : List.of(node)) {
      if (!value.isContainer() && !value.isMissingNode() && !value.isNull()) {
        values.add(value.asString());
      }
    }
    return values;
  }

  private static Refused wrong() {
    return Refused.field(
        "filter", "filter must have at most " + KEYS_MAX + " paths, each with a list of values");
  }
}
