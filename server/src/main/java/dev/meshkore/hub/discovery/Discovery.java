package dev.meshkore.hub.discovery;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentJson;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.intent.Asked;
import dev.meshkore.hub.intent.Interpreter;
import dev.meshkore.hub.intent.Understood;
import dev.meshkore.hub.meaning.Found;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.meaning.MeaningIndex;
import dev.meshkore.hub.meaning.Need;
import dev.meshkore.hub.meaning.Question;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Finding agents: lists of them, and the few that can do what somebody says. Thread-safe.
public final class Discovery implements AutoCloseable {
  /// What discovery is made of.
  ///
  /// @param learned what agents have done
  /// @param agents the agents of the hub
  /// @param meaning the indexes that search by meaning
  /// @param online knows the numbers of those who are online now
  /// @param clock says what time it is
  public record Parts(
      Learned learned,
      Agents agents,
      Meaning meaning,
      Supplier<Set<Long>> online,
      InstantSource clock) {}

  /// An agent that was found.
  ///
  /// @param agent the agent
  /// @param isOnline whether it is online now
  /// @param score all signals together
  /// @param hit what words, meaning and examples say
  /// @param fit what the request's conditions say
  record Result(Agent agent, boolean isOnline, double score, Found.Hit hit, Fit fit) {}

  /// What was found.
  ///
  /// @param results best first
  /// @param understood what was understood of the request
  /// @param found how it was found
  record Answer(List<Result> results, Understood understood, Found found) {}

  /// So many more are judged than are wanted, so that one who fits better can come up.
  private static final int JUDGED_BESIDE = 40;

  private static final int OFFERS_KEPT = 5_000;
  private static final int MARKS_KEPT = 50_000;

  private final Parts parts;
  private final Interpreter requests;
  private final Directory directory;
  private final ClaimReader claims;
  private final OfAgents<Offered.Offer> offers;
  private final OfAgents<List<String>> marks = new OfAgents<>(MARKS_KEPT, AgentJson::marks);
  private final MeaningIndex index;

  /// Discovery of these parts; begins when `meaning` is started.
  ///
  /// @param offered what agents offer beside their profiles
  /// @param requests reads requests
  /// @param claims reads what agents say of themselves, and asks no model
  public Discovery(Parts parts, Offered offered, Interpreter requests, Interpreter claims) {
    this.parts = parts;
    this.requests = requests;
    this.directory = new Directory(parts.agents(), parts.online());
    this.claims = new ClaimReader(claims);
    this.offers = new OfAgents<>(OFFERS_KEPT, agent -> offered.of(agent.number()));
    this.index =
        parts
            .meaning()
            .index("agents", new AgentSource(parts.agents(), this.claims, parts.learned(), offers));
  }

  /// Adds the routes. `trust` knows who is trusted how far, `reputed` what others said, and
  /// `details` what others know.
  public void addTo(
      Router router,
      Callers callers,
      DiscoveryRoutes.TrustFilter trust,
      Reputed reputed,
      DiscoveryRoutes.Details details) {
    new DiscoveryRoutes(directory, this, callers, parts.online(), trust, reputed, details)
        .addTo(router);
  }

  /// The index of agents.
  public MeaningIndex index() {
    return index;
  }

  /// The agents for a wish, of whom these are trusted.
  Answer find(Wish wish, LongPredicate trusted) {
    Instant now = parts.clock().instant();
    Understood understood = requests.read(new Asked(wish.query(), wish.zone().orElse(null), now));
    Set<Long> online = parts.online().get();
    String words = understood.wanted().isBlank() ? wish.query() : understood.wanted();
    Predicate<String> accepts =
        wish.trust().isEmpty() && wish.reputation().isEmpty()
            ? _ -> true
            : id -> parts.agents().numberOf(id).stream().anyMatch(trusted);
    int most = wish.limit() + JUDGED_BESIDE;
    var question = new Question(words, needs(wish, online), accepts, wish.by(), most);
    Found found = index.search(question);
    Map<String, Agent> agents = agents(found);
    var results = new ArrayList<Result>();
    for (Found.Hit hit : found.hits()) {
      Agent agent = agents.get(hit.key());
      if (agent != null && wish.standing().includes(agent, online)) {
        results.add(result(agent, online.contains(agent.number()), hit, understood, now));
      }
    }
    results.sort(Comparator.comparingDouble(Result::score).reversed());
    List<Result> best = results.subList(0, Math.min(wish.limit(), results.size()));
    return new Answer(List.copyOf(best), understood, found);
  }

  private Result result(
      Agent agent, boolean isOnline, Found.Hit hit, Understood understood, Instant now) {
    var here = new Fit.Here(agent, isOnline, now);
    Fit fit = Fit.of(understood, claims.of(agent), () -> offers.of(agent), marks.of(agent), here);
    double score = hit.score() + fit.filters() + fit.liveness();
    return new Result(agent, isOnline, score, hit, fit);
  }

  private List<Need> needs(Wish wish, Set<Long> online) {
    var needs = new ArrayList<>(wish.needs());
    if (wish.standing().needsOnline()) {
      Set<String> ids =
          online.stream().map(parts.agents()::idOf).collect(Collectors.toUnmodifiableSet());
      needs.add(new Need.Among(ids));
    }
    if (!wish.standing().said().isEmpty()) {
      needs.add(new Need.AnyOf(List.of(AgentSource.STATUS + wish.standing().said())));
    }
    return needs;
  }

  private Map<String, Agent> agents(Found found) {
    var numbers = new ArrayList<Long>();
    for (Found.Hit hit : found.hits()) {
      parts.agents().numberOf(hit.key()).ifPresent(numbers::add);
    }
    var agents = new HashMap<String, Agent>();
    parts.agents().byNumbers(numbers).forEach(agent -> agents.put(agent.id(), agent));
    return agents;
  }

  /// Frees the directory's index.
  @Override
  public void close() {
    directory.close();
  }
}
