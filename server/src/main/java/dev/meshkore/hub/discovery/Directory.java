package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The agents of the hub, to be found by others. Thread-safe.
final class Directory implements AutoCloseable {
  /// Some agents of a list.
  ///
  /// @param agents in the order of the list
  /// @param next the cursor of the next page
  /// @param online who is online
  record Page(List<Agent> agents, Optional<String> next, Set<Long> online) {}

  private static final int READ_AT_ONCE = 500;

  /// One page looks at so many times as many agents at most.
  private static final int READS_MAX = 20;

  private final Agents agents;
  private final Supplier<Set<Long>> online;
  private final AgentIndex index;

  /// The directory of these agents; `online` knows the numbers of those who are online now.
  public Directory(Agents agents, Supplier<Set<Long>> online) {
    this.agents = agents;
    this.online = online;
    this.index = new AgentIndex(agents);
  }

  /// One page of the agents wanted.
  Page find(Wanted wanted) {
    Set<Long> onlineNow = online.get();
    Wanted oneMore = wanted.with(wanted.after(), wanted.limit() + 1);
    boolean isByRelevance = wanted.words().isPresent();
    if (isByRelevance || wanted.capability().isPresent()) {
      Some<AgentIndex.Hit> hits = search(oneMore, onlineNow);
      List<AgentIndex.Hit> page = firsts(hits.found(), wanted.limit());
      Optional<Place> next =
          hits.found().size() > page.size() ? Optional.of(page.getLast().place()) : hits.goOn();
      return new Page(inOrder(page), next.map(place -> place.cursor(isByRelevance)), onlineNow);
    }
    Some<Agent> some =
        wanted.standing().needsOnline()
            ? new Some<>(amongOnline(oneMore, onlineNow), Optional.empty())
            : amongAll(oneMore, onlineNow);
    List<Agent> page = firsts(some.found(), wanted.limit());
    Optional<Place> next =
        some.found().size() > page.size()
            ? Optional.of(new Place(0, page.getLast().id()))
            : some.goOn();
    return new Page(page, next.map(place -> place.cursor(false)), onlineNow);
  }

  /// The agent of this id.
  Optional<Agent> find(String id) {
    return agents.find(id);
  }

  /// Frees the index.
  @Override
  public void close() {
    index.close();
  }

  /// What one call looked at.
  ///
  /// @param goOn where the next call goes on, where this one has looked at as many as it may
  private record Some<T>(List<T> found, Optional<Place> goOn) {}

  /// The index does not know whom to trust, so it is asked a few times, until enough are found.
  private Some<AgentIndex.Hit> search(Wanted wanted, Set<Long> onlineNow) {
    if (wanted.trusted().isEmpty()) {
      return new Some<>(index.search(wanted, onlineNow), Optional.empty());
    }
    var found = new ArrayList<AgentIndex.Hit>();
    Optional<Place> after = wanted.after();
    boolean more = true;
    for (int i = 0; i < READS_MAX && more && found.size() < wanted.limit(); i++) {
      List<AgentIndex.Hit> some = index.search(wanted.with(after, READ_AT_ONCE), onlineNow);
      some.stream().filter(hit -> wanted.isTrusted(hit.number())).forEach(found::add);
      more = some.size() == READ_AT_ONCE;
      after = more ? Optional.of(some.getLast().place()) : after;
    }
    return new Some<>(firsts(found, wanted.limit()), more ? after : Optional.empty());
  }

  /// By id; the online agents are few, and their ids are known without reading.
  private List<Agent> amongOnline(Wanted wanted, Set<Long> onlineNow) {
    String after = wanted.after().map(Place::agentId).orElse("");
    var numbers = new HashMap<String, Long>();
    for (long number : onlineNow) {
      String id = agents.idOf(number);
      if (id.compareTo(after) > 0) {
        numbers.put(id, number);
      }
    }
    List<String> ids = numbers.keySet().stream().sorted().toList();
    var found = new ArrayList<Agent>();
    for (int i = 0; i < ids.size() && found.size() < wanted.limit(); i += READ_AT_ONCE) {
      List<String> some = ids.subList(i, Math.min(i + READ_AT_ONCE, ids.size()));
      Map<Long, Agent> read = byNumber(some.stream().map(numbers::get).toList());
      for (String id : some) {
        Agent agent = read.get(numbers.get(id));
        if (agent != null && wanted.includes(agent, onlineNow)) {
          found.add(agent);
        }
      }
    }
    return found;
  }

  private Some<Agent> amongAll(Wanted wanted, Set<Long> onlineNow) {
    String after = wanted.after().map(Place::agentId).orElse("");
    var found = new ArrayList<Agent>();
    boolean more = true;
    for (int i = 0; i < READS_MAX && more && found.size() < wanted.limit(); i++) {
      List<Agent> some = agents.page(after, READ_AT_ONCE);
      for (Agent agent : some) {
        after = agent.id();
        if (wanted.includes(agent, onlineNow)) {
          found.add(agent);
        }
      }
      more = some.size() == READ_AT_ONCE;
    }
    return new Some<>(found, more ? Optional.of(new Place(0, after)) : Optional.empty());
  }

  private List<Agent> inOrder(List<AgentIndex.Hit> hits) {
    Map<Long, Agent> read = byNumber(hits.stream().map(AgentIndex.Hit::number).toList());
    var ordered = new ArrayList<Agent>();
    for (AgentIndex.Hit hit : hits) {
      Agent agent = read.get(hit.number());
      if (agent != null) {
        ordered.add(agent);
      }
    }
    return ordered;
  }

  private Map<Long, Agent> byNumber(List<Long> numbers) {
    var read = new HashMap<Long, Agent>();
    agents.byNumbers(numbers).forEach(agent -> read.put(agent.number(), agent));
    return read;
  }

  private static <T> List<T> firsts(List<T> list, int limit) {
    return list.subList(0, Math.min(limit, list.size()));
  }
}
