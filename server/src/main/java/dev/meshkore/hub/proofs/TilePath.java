package dev.meshkore.hub.proofs;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The path of a tile (C2SP tlog-tiles): `<level>/<number>[.p/<width>]`, the number in groups of
/// three digits, of which all but the last begin with an x.
///
/// @param level 0 for leaves
/// @param number which tile of the level
/// @param width how many hashes of it
record TilePath(int level, long number, int width) {
  static final int WIDTH_FULL = 256;

  private static final int LEVEL_MAX = 7;
  private static final Pattern FORM =
      Pattern.compile("((?:x[0-9]{3}/){0,3}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  static TilePath of(String level, List<String> segments) {
    Matcher parts = FORM.matcher(String.join("/", segments));
    if (!level.matches("[0-9]{1,2}") || !parts.matches()) {
      throw unknown();
    }
    String digits = parts.group(1).replaceAll("[x/]", "");
    boolean hasEmptyHead = digits.length() > 3 && digits.startsWith("000");
    int width = parts.group(2) == null ? WIDTH_FULL : Integer.parseInt(parts.group(2));
    boolean isPartial = parts.group(2) != null;
    int which = Integer.parseInt(level);
    boolean isNumberPlain = level.equals(String.valueOf(which));
    if (hasEmptyHead || !isNumberPlain || which > LEVEL_MAX || (isPartial && width >= WIDTH_FULL)) {
      throw unknown();
    }
    return new TilePath(which, Long.parseLong(digits), width);
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_LEAF, "The log has no such tile");
  }
}
