package dev.meshkore.cli;

import dev.meshkore.cli.JsonText.Items;
import dev.meshkore.cli.JsonText.Member;
import dev.meshkore.cli.JsonText.Members;
import dev.meshkore.cli.JsonText.Part;
import dev.meshkore.cli.JsonText.Plain;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Changes single members and items of a JSON text; every other character stays.
final class JsonEdit {
  private final String newline;
  private final String unit;
  private String text;

  /// Edits a text; an empty one counts as an empty object.
  JsonEdit(String text) throws Json.Unreadable {
    this.newline = text.contains("\r\n") ? "\r\n" : "\n";
    this.text = text.isBlank() ? "{}" + newline : text;
    this.unit = unitOf(root());
  }

  String text() {
    return text;
  }

  /// Puts a member where the path leads; objects on the way are made.
  JsonEdit set(List<String> path, JsonNode value) throws Json.Unreadable {
    var object = root();
    for (var depth = 0; ; depth++) {
      var name = path.get(depth);
      var member = object.find(name);
      var rest = path.subList(depth + 1, path.size());
      if (member.isEmpty()) {
        append(object.start(), memberEnds(object), depth + 1, quoted(name), nested(rest, value));
        return this;
      }
      var found = member.get().value();
      if (rest.isEmpty()) {
        if (!Json.read(plain(found)).equals(value)) {
          replace(found.start(), found.end(), written(value, depth + 1));
        }
        return this;
      }
      object = objectOf(found, name);
    }
  }

  /// Puts a member into the outermost object where there is none of this name.
  JsonEdit setDefault(String name, JsonNode value) throws Json.Unreadable {
    return root().find(name).isPresent() ? this : set(List.of(name), value);
  }

  /// Puts an item into the list where the path leads: in the place of the one that is `ours`, or at
  /// the end.
  JsonEdit put(List<String> path, Predicate<String> ours, JsonNode value) throws Json.Unreadable {
    var list = find(path);
    if (list == null) {
      return set(path, Json.array().add(value));
    }
    if (!(list instanceof Items items)) {
      throw new Json.Unreadable(path.getLast() + " is no list", null);
    }
    for (var item : items.items()) {
      if (ours.test(cut(item))) {
        if (!Json.read(plain(item)).equals(value)) {
          replace(item.start(), item.end(), written(value, path.size() + 1));
        }
        return this;
      }
    }
    var ends = items.items().stream().map(Part::end).toList();
    append(items.start(), ends, path.size() + 1, "", value);
    return this;
  }

  /// Takes a member away, and the objects that are empty without it.
  JsonEdit remove(List<String> path) throws Json.Unreadable {
    for (var length = path.size(); length > 0; length--) {
      var parent = find(path.subList(0, length - 1));
      if (!(parent instanceof Members object)) {
        return this;
      }
      var member = object.find(path.get(length - 1));
      if (member.isEmpty() || (length < path.size() && !isEmpty(member.get().value()))) {
        return this;
      }
      var index = object.members().indexOf(member.get());
      var starts = object.members().stream().map(Member::start).toList();
      takeAway(object, starts, memberEnds(object), index);
    }
    return this;
  }

  /// Takes items away from a list, and the list when it is empty then.
  JsonEdit remove(List<String> path, Predicate<String> ours) throws Json.Unreadable {
    while (find(path) instanceof Items items) {
      var found = items.items().stream().filter(item -> ours.test(cut(item))).findFirst();
      if (found.isEmpty()) {
        return items.items().isEmpty() ? remove(path) : this;
      }
      var index = items.items().indexOf(found.get());
      var starts = items.items().stream().map(Part::start).toList();
      takeAway(items, starts, items.items().stream().map(Part::end).toList(), index);
    }
    return this;
  }

  private void append(int start, List<Integer> ends, int depth, String name, JsonNode value)
      throws Json.Unreadable {
    var added = newline + unit.repeat(depth) + name + written(value, depth);
    if (ends.isEmpty()) {
      var close = text.indexOf(text.charAt(start) == '{' ? '}' : ']', start + 1);
      var inside = text.substring(start + 1, close);
      var isPlain = inside.isBlank();
      var tail = isPlain ? newline + unit.repeat(depth - 1) : "";
      replace(start + 1, isPlain ? close : start + 1, added + tail);
      return;
    }
    var last = ends.getLast();
    var comma = JsonText.comma(text, last);
    if (comma != null) {
      var behind = JsonText.behindComment(text, comma + 1);
      replace(behind, behind, added + ",");
      return;
    }
    var behind = JsonText.behindComment(text, last);
    replace(behind, behind, added);
    replace(last, last, ",");
  }

  private void takeAway(Part of, List<Integer> starts, List<Integer> ends, int index)
      throws Json.Unreadable {
    var isLast = index == starts.size() - 1;
    if (!isLast) {
      replace(starts.get(index), starts.get(index + 1), "");
    } else if (index > 0) {
      var own = JsonText.comma(text, ends.get(index));
      var comma = JsonText.comma(text, ends.get(index - 1));
      var from = JsonText.behindComment(text, comma == null ? ends.get(index - 1) : comma + 1);
      replace(from, own == null ? ends.get(index) : own + 1, "");
      if (own == null && comma != null) {
        replace(comma, comma + 1, "");
      }
    } else {
      var comma = JsonText.comma(text, ends.get(index));
      var end = comma == null ? ends.get(index) : comma + 1;
      var isBare = text.substring(of.start() + 1, starts.get(index)).isBlank();
      var isBareBehind = text.substring(end, of.end() - 1).isBlank();
      replace(isBare ? of.start() + 1 : starts.get(index), isBareBehind ? of.end() - 1 : end, "");
    }
  }

  private @Nullable Part find(List<String> path) throws Json.Unreadable {
    Part part = root();
    for (var name : path) {
      var member = part instanceof Members object ? object.find(name) : null;
      if (member == null || member.isEmpty()) {
        return null;
      }
      part = member.get().value();
    }
    return part;
  }

  private Members root() throws Json.Unreadable {
    return objectOf(JsonText.read(text), "the file");
  }

  private static Members objectOf(Part part, String name) throws Json.Unreadable {
    if (part instanceof Members object) {
      return object;
    }
    throw new Json.Unreadable(name + " is no object", null);
  }

  private static boolean isEmpty(Part part) {
    return switch (part) {
      case Members object -> object.members().isEmpty();
      case Items list -> list.items().isEmpty();
      case Plain _ -> false;
    };
  }

  private static List<Integer> memberEnds(Members object) {
    return object.members().stream().map(Member::end).toList();
  }

  private String cut(Part part) {
    return text.substring(part.start(), part.end());
  }

  /// A part without comments, for comparison.
  private String plain(Part part) {
    return switch (part) {
      case Plain _ -> cut(part);
      case Items list -> list.items().stream().map(this::plain).toList().toString();
      case Members object ->
          object.members().stream()
              .map(member -> quoted(member.name()) + plain(member.value()))
              .collect(Collectors.joining(",", "{", "}"));
    };
  }

  private void replace(int from, int to, String other) {
    text = text.substring(0, from) + other + text.substring(to);
  }

  private static String quoted(String name) {
    return Json.line(Json.array().add(name)).replaceAll("^\\[|]$", "") + ": ";
  }

  private static JsonNode nested(List<String> path, JsonNode value) {
    var inner = value;
    for (var name : path.reversed()) {
      inner = Json.object().set(name, inner);
    }
    return inner;
  }

  /// A value over several lines, as people write settings.
  private String written(JsonNode value, int depth) {
    if (value.isEmpty() || (!value.isObject() && !value.isArray())) {
      return Json.line(value);
    }
    if (value.isArray() && value.valueStream().noneMatch(JsonNode::isContainer)) {
      return Json.line(value);
    }
    var parts =
        value.isObject()
            ? value.properties().stream()
                .map(one -> quoted(one.getKey()) + written(one.getValue(), depth + 1))
            : value.valueStream().map(one -> written(one, depth + 1));
    var inner = newline + unit.repeat(depth + 1);
    var body = String.join("," + inner, parts.toList());
    var open = value.isObject() ? "{" : "[";
    return open + inner + body + newline + unit.repeat(depth) + (value.isObject() ? "}" : "]");
  }

  /// By what the file indents its first member; two spaces where that cannot be seen.
  private String unitOf(Members object) {
    if (object.members().isEmpty()) {
      return "  ";
    }
    var start = object.members().getFirst().start();
    var line = text.lastIndexOf('\n', start - 1);
    var indent = line < 0 ? "" : text.substring(line + 1, start);
    return indent.isEmpty() || !indent.isBlank() ? "  " : indent;
  }
}
