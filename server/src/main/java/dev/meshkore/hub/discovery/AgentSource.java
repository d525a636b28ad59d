package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.meaning.Entry;
import dev.meshkore.hub.meaning.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The agents of the hub, as the index of meanings sees them.
final class AgentSource implements Source {
  static final String CAPABILITY = "capability:";
  static final String STATUS = "status:";
  static final String LATENCY = "latency";
  static final String PRICE = "price:";

  private final Agents agents;
  private final ClaimReader claims;
  private final Learned learned;
  private final OfAgents<Offered.Offer> offers;

  AgentSource(Agents agents, ClaimReader claims, Learned learned, OfAgents<Offered.Offer> offers) {
    this.agents = agents;
    this.claims = claims;
    this.learned = learned;
    this.offers = offers;
  }

  @Override
  public List<Change> after(long version, int most) {
    return agents.changedSince(version, most).stream()
        .map(agent -> new Change(agent.version(), agent.id(), Optional.of(entry(agent))))
        .toList();
  }

  private Entry entry(Agent agent) {
    Offered.Offer offer = offers.of(agent);
    Set<String> examples = new LinkedHashSet<>(agent.practice().examples());
    examples.addAll(offer.examples());
    examples.addAll(learned.of(agent));
    var terms = new ArrayList<String>();
    terms.add(STATUS + agent.status());
    agent.capabilities().forEach(one -> terms.add(CAPABILITY + IndexFields.folded(one)));
    terms.addAll(claims.of(agent).terms());
    Map<String, Long> numbers = new HashMap<>();
    offer.asks().forEach(ask -> numbers.merge(PRICE + ask.asset(), ask.atoms(), Math::min));
    if (offer.latencyMs() > 0) {
      numbers.put(LATENCY, offer.latencyMs());
    }
    var text = new StringBuilder(agent.description());
    offer.texts().forEach(one -> text.append('\n').append(one));
    return new Entry(
        agent.id(),
        agent.id(),
        agent.capabilities(),
        text.toString(),
        List.copyOf(examples),
        terms,
        numbers);
  }
}
