package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.intent.Asked;
import dev.meshkore.hub.intent.Interpreter;
import dev.meshkore.hub.intent.Requirements;
import dev.meshkore.hub.intent.Understood;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads what agents claim: the fields of a profile where they say something, and else its words,
/// by the interpreter that needs no model, so that no text can talk to one. Thread-safe.
final class ClaimReader {
  /// So many are kept that a search over a large hub finds most of them read.
  private static final int KEPT = 50_000;

  private final Interpreter interpreter;
  private final OfAgents<Claims> known = new OfAgents<>(KEPT, this::read);

  ClaimReader(Interpreter interpreter) {
    this.interpreter = interpreter;
  }

  Claims of(Agent agent) {
    return known.of(agent);
  }

  private Claims read(Agent agent) {
    Practice practice = agent.practice();
    String words = String.join(", ", agent.capabilities()) + ". " + agent.description();
    Understood said = interpreter.read(new Asked(words, null, agent.joinedAt()));
    Set<String> languages = new HashSet<>();
    Set<String> pairs = new HashSet<>();
    Set<String> places = new HashSet<>(practice.regions());
    Set<String> certifications = new HashSet<>(practice.certifications());
    for (String one : practice.languages()) {
      if (one.contains(">")) {
        pairs.add(one);
      }
      languages.addAll(List.of(one.split(">")));
    }
    for (Requirements part : List.of(said.must(), said.nice())) {
      if (practice.languages().isEmpty()) {
        languages.addAll(part.languages());
        part.pairs().forEach(pair -> pairs.add(pair.from() + ">" + pair.to()));
      }
      if (practice.regions().isEmpty()) {
        part.places().forEach(place -> places.add(place.code()));
      }
      certifications.addAll(part.certifications());
    }
    for (String pair : pairs) {
      languages.addAll(List.of(pair.split(">")));
    }
    certifications.removeAll(said.not().certifications());
    return new Claims(
        pairs,
        languages,
        places,
        !practice.regions().isEmpty(),
        certifications,
        Set.copyOf(said.not().words()),
        practice.hours());
  }
}
