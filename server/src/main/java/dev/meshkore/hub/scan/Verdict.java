package dev.meshkore.hub.scan;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Map;

/// What a scan found.
///
/// @param findings all of it, worst first; none where the listing is clean
public record Verdict(List<Finding> findings) {
  /// Nothing was found.
  public static final Verdict CLEAN = new Verdict(List.of());

  /// Whether and how a listing may be shown.
  public enum Result {
    /// As it is.
    CLEAN,
    /// With its marks, and below others.
    MARKED,
    /// Not at all.
    REFUSED
  }

  /// Takes its own copy.
  public Verdict {
    findings = List.copyOf(findings);
  }

  /// The result for a listing of which nothing was shown before.
  public Result result() {
    if (findings.isEmpty()) {
      return Result.CLEAN;
    }
    return findings.stream().anyMatch(one -> one.reason().refuses())
        ? Result.REFUSED
        : Result.MARKED;
  }

  /// Whether nothing was found.
  public boolean isClean() {
    return findings.isEmpty();
  }

  /// The words of the reasons, each once: what is shown as `marks` and stored beside a listing.
  public List<String> marks() {
    return findings.stream().map(one -> one.reason().word()).distinct().toList();
  }

  /// The same verdict, if it refuses nothing.
  ///
  /// @throws Refused with `listing-refused` and the field where a listing may not be shown at all
  public Verdict orRefuse() {
    for (Finding one : findings) {
      if (one.reason().refuses()) {
        throw new Refused(
            ProblemType.LISTING_REFUSED,
            one.field() + " " + one.detail(),
            Map.of("field", one.field(), "reason", one.reason().word()));
      }
    }
    return this;
  }
}
