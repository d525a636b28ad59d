package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.Refused;
import java.util.Set;
import java.util.regex.Pattern;

/// The name of an agent, unique in the hub and never changed.
public record AgentId(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern OUTSIDE = Pattern.compile("a2a-.*-[0-9a-f]{12}");
  private static final Set<String> RESERVED = Set.of("admin", "all", "hub", "me", "null", "self");

  /// Takes only what [#of] takes.
  public AgentId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("Not an agent id");
    }
  }

  /// Reads what a client sent in a field.
  ///
  /// @throws Refused when it is no agent id, or a reserved one
  public static AgentId of(String field, String text) {
    if (RESERVED.contains(text) || OUTSIDE.matcher(text).matches()) {
      throw Refused.field(field, field + " is a reserved name; choose another");
    }
    if (!isValid(text)) {
      throw Refused.field(
          field,
          field
              + " must be 1 to 64 characters of a-z, 0-9, dot, underscore and hyphen,"
              + " and start with a letter or digit");
    }
    return new AgentId(text);
  }

  /// True for what can name an agent.
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches() && !RESERVED.contains(text);
  }

  /// True for the name of an agent outside the hub.
  public static boolean isOutside(String text) {
    return OUTSIDE.matcher(text).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
