package dev.meshkore.hub.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// A value in a YAML file of ours; what is missing is empty.
///
/// @param value a map, a list, a scalar or null
/// @param root the file that references point into
record Node(@Nullable Object value, @Nullable Object root) {
  static Node parse(String yaml) {
    Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return new Node(root, root);
  }

  /// The value of a member, references followed; what stands beside a reference adds to it.
  Node get(String name) {
    return of(map().get(name));
  }

  boolean has(String name) {
    return map().containsKey(name);
  }

  boolean isEmpty() {
    return value == null;
  }

  /// Its scalar as text, or "".
  String text() {
    return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
  }

  String text(String name) {
    return get(name).text();
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(map().get(name));
  }

  Stream<Node> items() {
    return value instanceof List<?> list ? list.stream().map(this::of) : Stream.of();
  }

  /// Its members by name, in the order of the file.
  Map<String, Node> members() {
    var members = new LinkedHashMap<String, Node>();
    map().forEach((name, member) -> members.put(name.toString(), of(member)));
    return members;
  }

  /// The name of the schema that a member refers to.
  Optional<String> reference(String name) {
    return map().get(name) instanceof Map<?, ?> target && target.get("$ref") instanceof String ref
        ? Optional.of(ref.substring(ref.lastIndexOf('/') + 1))
        : Optional.empty();
  }

  private Map<?, ?> map() {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private Node of(@Nullable Object target) {
    if (!(target instanceof Map<?, ?> map) || !(map.get("$ref") instanceof String reference)) {
      return new Node(target, root);
    }
    Node found = new Node(root, root);
    for (String step : reference.substring(2).split("/")) {
      found = found.get(step);
    }
    if (map.size() == 1) {
      return found;
    }
    var merged = new LinkedHashMap<Object, Object>(found.map());
    map.forEach((name, member) -> {
      if (!"$ref".equals(name)) {
        merged.put(name, member);
      }
    });
    return new Node(merged, root);
  }
}
