package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// With whom a mandate lets an agent deal: who fits a pattern *and* is trusted as far.
///
/// @param patterns ids of agents, of channels after `#`, or beginnings of either before `*`
/// @param trust the least level; a channel and an agent outside have `new`
record Counterparties(List<String> patterns, TrustLevel trust) {
  /// Nobody.
  static final Counterparties NONE = new Counterparties(List.of(), TrustLevel.NEW);

  /// Everybody.
  static final Counterparties ALL = new Counterparties(List.of("*"), TrustLevel.NEW);

  private static final int PATTERNS_MAX = 100;
  private static final Pattern FORM = Pattern.compile("\\*|#?[a-z0-9][a-z0-9._-]{0,127}\\*?|#\\*");

  Counterparties {
    patterns = List.copyOf(patterns);
  }

  static Counterparties read(Fields fields) {
    List<String> patterns = fields.texts("agents").orElse(List.of("*"));
    TrustLevel trust =
        fields
            .optionalText("trust")
            .map(text -> TrustLevel.of("counterparties", text))
            .orElse(TrustLevel.NEW);
    fields.end();
    if (patterns.size() > PATTERNS_MAX
        || !patterns.stream().allMatch(pattern -> FORM.matcher(pattern).matches())) {
      throw Refused.field(
          "counterparties",
          "agents must be at most "
              + PATTERNS_MAX
              + " ids of agents, or of channels after #, each with a * at its end or without");
    }
    return new Counterparties(patterns, trust);
  }

  boolean allow(String counterparty, TrustLevel level) {
    return level.isAtLeast(trust)
        && patterns.stream().anyMatch(pattern -> covers(pattern, counterparty));
  }

  /// True where nobody is allowed here whom the other does not allow.
  boolean isWithin(Counterparties other) {
    return trust.isAtLeast(other.trust)
        && patterns.stream()
            .allMatch(own -> other.patterns.stream().anyMatch(wider -> covers(wider, own)));
  }

  /// An id is a pattern that covers itself alone, so patterns and ids are compared alike.
  private static boolean covers(String pattern, String other) {
    return pattern.endsWith("*")
        ? other.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(other);
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    ArrayNode agents = json.putArray("agents");
    patterns.forEach(agents::add);
    json.put("trust", trust.word());
    return json;
  }
}
