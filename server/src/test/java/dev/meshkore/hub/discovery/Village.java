package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Agents in a real database, and a directory of them; who is online is said by the test.
final class Village implements AutoCloseable {
  private static final Instant JOINED_AT = Instant.parse("2026-11-21T14:30:00Z");

  final Database database;
  final Agents agents;
  final Directory directory;
  final Set<Long> online = new HashSet<>();

  Village(Path folder) {
    this(new DatabaseUrl.SqliteFile(folder.resolve("hub.db")));
  }

  Village(DatabaseUrl url) {
    database = Database.open(url, () -> 0, () -> {});
    agents = new Agents(database, TestAudit.any());
    directory = new Directory(agents, () -> Set.copyOf(online));
  }

  long add(String id, String description, String... capabilities) {
    addAll(Map.of(id, Profile.of(description, List.of(capabilities))));
    return agents.numberOf(id).orElseThrow();
  }

  void addAll(Map<String, Profile> profiles) {
    database.write(transaction -> {
      for (Map.Entry<String, Profile> one : profiles.entrySet()) {
        var key = ApiKeyHash.ofMade(one.getKey());
        agents.create(transaction, new AgentId(one.getKey()), key, one.getValue(), JOINED_AT);
      }
      return profiles.size();
    });
  }

  void describe(String id, String description) {
    long number = agents.numberOf(id).orElseThrow();
    agents.update(number, Optional.of(description), Optional.empty(), Optional.empty());
  }

  void status(String id, String status) {
    long number = agents.numberOf(id).orElseThrow();
    agents.update(number, Optional.empty(), Optional.empty(), Optional.of(status));
  }

  /// The ids found for these words among all agents, best first.
  List<String> find(String words) {
    return ids(wanted(words, "", Standing.ALL, 200));
  }

  List<String> ids(Wanted wanted) {
    return directory.find(wanted).agents().stream().map(Agent::id).toList();
  }

  /// The ids of all pages.
  List<String> allPages(Wanted wanted) {
    var ids = new ArrayList<String>();
    Wanted next = wanted;
    while (true) {
      Directory.Page page = directory.find(next);
      page.agents().forEach(agent -> ids.add(agent.id()));
      if (page.next().isEmpty()) {
        return ids;
      }
      Place place = Place.of(page.next().get(), wanted.words().isPresent());
      next =
          new Wanted(
              wanted.words(),
              wanted.capability(),
              wanted.standing(),
              wanted.trusted(),
              Optional.of(place),
              wanted.limit());
    }
  }

  /// What is wanted; empty text stands for nothing given.
  static Wanted wanted(String words, String capability, Standing standing, int limit) {
    return new Wanted(
        given(words), given(capability), standing, Optional.empty(), Optional.empty(), limit);
  }

  private static Optional<String> given(String text) {
    return Optional.of(text).filter(one -> !one.isEmpty());
  }

  @Override
  public void close() {
    directory.close();
    database.close();
  }
}
