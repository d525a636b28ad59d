package dev.meshkore.hub.problem;

import java.util.LinkedHashMap;
import java.util.Map;

/// A request that is refused: every caller would only pass it on, so it travels as an exception and
/// is written as a problem body once, at the edge.
public final class Refused extends RuntimeException {
  private final ProblemType type;
  private final transient Map<String, Object> members;

  /// Refuses with a detail that speaks of this request. `detail` must not hold secrets.
  public Refused(ProblemType type, String detail) {
    this(type, detail, Map.of());
  }

  /// Refuses with the extra members that `protocol/problems.yaml` names for this type.
  public Refused(ProblemType type, String detail, Map<String, ?> members) {
    super(detail, null, false, false);
    this.type = type;
    this.members = new LinkedHashMap<>(members);
  }

  /// A field, parameter or header that is not accepted.
  public static Refused field(String field, String detail) {
    return new Refused(ProblemType.INVALID_FIELD, detail, Map.of("field", field));
  }

  /// A refusal that passes after some time; `Retry-After` is written from it.
  public static Refused later(ProblemType type, String detail, long seconds) {
    return new Refused(type, detail, Map.of("retry_after", seconds));
  }

  /// Which refusal it is.
  public ProblemType type() {
    return type;
  }

  /// What happened with this request, in words.
  public String detail() {
    return String.valueOf(getMessage());
  }

  /// The extra members, in the order given.
  public Map<String, Object> members() {
    return members;
  }
}
