package dev.meshkore.cli;

import java.util.regex.Pattern;

/// Adds and takes away one table at the end of a TOML text, between two comments that say whose it
/// is; every other character stays.
final class TomlEdit {
  private static final String BEGIN = "# meshkore connect: begin";
  private static final String END = "# meshkore connect: end";
  private static final Pattern OURS =
      Pattern.compile("(?ms)\\R?^" + BEGIN + "$.*?^" + END + "$\\R?");

  private TomlEdit() {}

  /// The text with the table `[section.name]`.
  ///
  /// @throws Json.Unreadable when the text has such a table that is not ours
  static String with(String text, String section, String name, String lines)
      throws Json.Unreadable {
    var others = without(text);
    var table = "(?m)^\\s*\\[+\\s*" + key(section) + "\\s*\\.\\s*" + key(name) + "\\s*[.\\]]";
    var member = "(?m)^\\s*" + key(section) + "\\s*(\\.\\s*" + key(name) + "\\s*[.=]|=)";
    if (Pattern.compile(table).matcher(others).find()
        || Pattern.compile(member).matcher(others).find()) {
      throw new Json.Unreadable(
          "it has " + section + "." + name + ", or all of " + section + " in one line, already",
          null);
    }
    var newline = text.contains("\r\n") ? "\r\n" : "\n";
    var gap = others.isEmpty() || others.endsWith("\n") ? "" : newline;
    var block = BEGIN + "\n[" + section + "." + name + "]\n" + lines + END + "\n";
    return others + gap + (others.isEmpty() ? "" : newline) + block.replace("\n", newline);
  }

  /// The text without our table.
  static String without(String text) {
    return OURS.matcher(text).replaceAll("");
  }

  private static String key(String name) {
    return "[\"']?" + Pattern.quote(name) + "[\"']?";
  }
}
