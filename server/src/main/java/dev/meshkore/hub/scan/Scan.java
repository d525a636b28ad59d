package dev.meshkore.hub.scan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

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
    var findings = new LinkedHashMap<Found, Finding>();
    var weights = new EnumMap<Family, Integer>(Family.class);
    String where = "";
    int most = 0;
    for (Said said : texts) {
      HiddenCharacters.in(said.text())
          .ifPresent(detail -> add(findings, Reason.HIDDEN_CHARACTERS, said, detail));
      Links.in(said).ifPresent(detail -> add(findings, Reason.UNSAFE_LINK, said, detail));
      KeyLikeness.in(said.text()).ifPresent(detail -> add(findings, Reason.SECRET, said, detail));
      if (said.kind() == Said.Kind.NAME) {
        Scripts.mixedIn(said.text())
            .ifPresent(detail -> add(findings, Reason.MIXED_SCRIPTS, said, detail));
      }
      Instructions.Score score = Instructions.in(said);
      score.weights().forEach((family, weight) -> weights.merge(family, weight, Math::max));
      if (score.sum() > most) {
        most = score.sum();
        where = said.field();
      }
    }
    var all = new ArrayList<>(findings.values());
    if (new Instructions.Score(weights).sum() >= Instructions.MARKED_FROM) {
      String words = Family.words(weights.keySet());
      all.add(new Finding(Reason.INSTRUCTIONS, where, "speaks to its reader: " + words));
    }
    all.sort(WORST_FIRST);
    return new Verdict(all);
  }

  /// What a document holds that is handed out as it is, and what is said of it besides. One that
  /// says more than is read is refused unread.
  ///
  /// @param besides texts that are made of it, or that it does not hold
  public static Verdict of(JsonNode document, List<Said> besides) {
    DocumentTexts texts = DocumentTexts.of(document);
    Optional<Finding> beyond = texts.beyond();
    if (beyond.isPresent()) {
      return new Verdict(List.of(beyond.get()));
    }
    var all = new ArrayList<>(texts.all());
    all.addAll(besides);
    var findings = of(all).findings().stream().map(DocumentTexts::repeatable).distinct();
    return new Verdict(findings.toList());
  }

  /// Of one field each reason is found once.
  private record Found(Reason reason, String field) {}

  private static void add(Map<Found, Finding> findings, Reason reason, Said said, String detail) {
    var found = new Found(reason, said.field());
    findings.putIfAbsent(found, new Finding(reason, said.field(), detail));
  }
}
