package dev.meshkore.hub.scan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads what a listing says before others are shown it. It depends on the text alone, takes time
/// in proportion to its length, and keeps nothing, so that whoever shows a text may ask again.
///
/// ```
/// List<String> marks = Scan.of(
///     Said.name("name", name), Said.text("description", description)).orRefuse().marks();
/// ```
public final class Scan {
  private static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing(finding -> !finding.reason().refuses());

  private Scan() {}

  /// What these texts hold.
  public static Verdict of(Said... texts) {
    return of(List.of(texts));
  }

  /// What these texts hold.
  public static Verdict of(Stream<Said> texts) {
    return of(texts.toList());
  }

  /// What these texts hold. What begins in one of them and ends in another is seen, too.
  public static Verdict of(List<Said> texts) {
    var findings = new ArrayList<Finding>();
    int score = 0;
    Set<Family> families = EnumSet.noneOf(Family.class);
    String where = "";
    for (Said said : texts) {
      HiddenCharacters.in(said.text())
          .ifPresent(detail -> add(findings, Reason.HIDDEN_CHARACTERS, said, detail));
      Links.in(said).ifPresent(detail -> add(findings, Reason.UNSAFE_LINK, said, detail));
      KeyLikeness.in(said.text()).ifPresent(detail -> add(findings, Reason.SECRET, said, detail));
      if (said.kind() == Said.Kind.NAME) {
        Scripts.mixedIn(said.text())
            .ifPresent(detail -> add(findings, Reason.MIXED_SCRIPTS, said, detail));
      }
      if (said.kind() != Said.Kind.LINK) {
        Instructions.Score found = Instructions.in(said.text());
        for (Family family : found.families()) {
          if (families.add(family)) {
            score += found.of(family);
            where = where.isEmpty() ? said.field() : where;
          }
        }
      }
    }
    if (score >= Instructions.MARKED_FROM) {
      String words = Family.words(families);
      findings.add(new Finding(Reason.INSTRUCTIONS, where, "speaks to its reader: " + words));
    }
    findings.sort(WORST_FIRST);
    return new Verdict(findings);
  }

  private static void add(List<Finding> findings, Reason reason, Said said, String detail) {
    Optional<Finding> same =
        findings.stream()
            .filter(one -> one.reason() == reason && one.field().equals(said.field()))
            .findFirst();
    if (same.isEmpty()) {
      findings.add(new Finding(reason, said.field(), detail));
    }
  }
}
