package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the parts of a JSON text are. Comments and commas too many, which settings of editors
/// allow, are passed over; everything keeps its place, so that a part can be changed and the rest
/// stays as it is.
final class JsonText {
  /// A value and its place in the text; the end is behind its last character.
  sealed interface Part {
    int start();

    int end();
  }

  /// Text, a number, or a word.
  record Plain(int start, int end) implements Part {}

  /// A list.
  record Items(int start, int end, List<Part> items) implements Part {}

  /// An object.
  record Members(int start, int end, List<Member> members) implements Part {
    Optional<Member> find(String name) {
      return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }
  }

  /// A member of an object; it begins with its name.
  record Member(int start, String name, Part value) {
    int end() {
      return value.end();
    }
  }

  private static final int DEPTH_MAX = 100;

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /// Reads one value and nothing else.
  static Part read(String text) throws Json.Unreadable {
    var reading = new JsonText(text);
    if (text.startsWith("\uFEFF")) {
      reading.at = 1;
    }
    var part = reading.value(0);
    reading.skip();
    if (reading.at < text.length()) {
      throw reading.unreadable("something follows the value");
    }
    return part;
  }

  /// The place behind what follows on the same line and is a comment; `from` where there is none.
  static int behindComment(String text, int from) {
    var line = text.indexOf('\n', from);
    var end = line < 0 ? text.length() : line;
    var rest = text.substring(from, end).strip();
    if (rest.startsWith("//")) {
      return end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }
    return rest.startsWith("/*") && rest.endsWith("*/") && rest.indexOf("*/") == rest.length() - 2
        ? text.indexOf("*/", from) + 2
        : from;
  }

  /// The place of a comma that follows, after spaces and comments, if one does.
  static @Nullable Integer comma(String text, int from) throws Json.Unreadable {
    var reading = new JsonText(text);
    reading.at = from;
    reading.skip();
    return reading.at < text.length() && text.charAt(reading.at) == ',' ? reading.at : null;
  }

  private Part value(int depth) throws Json.Unreadable {
    if (depth > DEPTH_MAX) {
      throw unreadable("it nests too deep");
    }
    skip();
    if (at >= text.length()) {
      throw unreadable("it ends too early");
    }
    return switch (text.charAt(at)) {
      case '{' -> members(depth);
      case '[' -> items(depth);
      case '"' -> {
        var start = at;
        string();
        yield new Plain(start, at);
      }
      default -> word();
    };
  }

  private Members members(int depth) throws Json.Unreadable {
    var start = at++;
    var members = new ArrayList<Member>();
    while (!closes('}')) {
      var place = at;
      if (text.charAt(at) != '"') {
        throw unreadable("a name in quotes is missing");
      }
      var name = string();
      skip();
      take(':');
      members.add(new Member(place, name, value(depth + 1)));
      separate('}');
    }
    return new Members(start, at, List.copyOf(members));
  }

  private Items items(int depth) throws Json.Unreadable {
    var start = at++;
    var items = new ArrayList<Part>();
    while (!closes(']')) {
      items.add(value(depth + 1));
      separate(']');
    }
    return new Items(start, at, List.copyOf(items));
  }

  private boolean closes(char bracket) throws Json.Unreadable {
    skip();
    if (at >= text.length()) {
      throw unreadable("a " + bracket + " is missing");
    }
    if (text.charAt(at) != bracket) {
      return false;
    }
    at++;
    return true;
  }

  private void separate(char bracket) throws Json.Unreadable {
    skip();
    if (at < text.length() && text.charAt(at) != bracket) {
      take(',');
    }
  }

  private Plain word() throws Json.Unreadable {
    var start = at;
    while (at < text.length() && "{}[],:\"/ \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    var word = text.substring(start, at);
    try {
      Json.read(word.isEmpty() ? "," : word);
    } catch (Json.Unreadable e) {
      at = start;
      throw unreadable("this is no value");
    }
    return new Plain(start, at);
  }

  private String string() throws Json.Unreadable {
    var start = at++;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    take('"');
    return Json.read(text.substring(start, at)).asString();
  }

  private void take(char wanted) throws Json.Unreadable {
    if (at >= text.length() || text.charAt(at) != wanted) {
      throw unreadable("a " + wanted + " is missing");
    }
    at++;
  }

  /// Passes over spaces and comments.
  private void skip() throws Json.Unreadable {
    while (at < text.length()) {
      if (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      } else if (text.startsWith("//", at)) {
        var end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        var end = text.indexOf("*/", at);
        if (end < 0) {
          throw unreadable("a comment does not end");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private Json.Unreadable unreadable(String reason) {
    var line = text.substring(0, Math.min(at, text.length())).lines().count();
    return new Json.Unreadable("near line " + Math.max(1, line) + ": " + reason, null);
  }
}
