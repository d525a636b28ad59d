package dev.meshkore.hub.catalog;

import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Walks all entries in one order, a bounded part of them at a time: the agents and the servers of
/// the hub, two lists, are read side by side as far as an answer needs them.
final class EntryList {
  /// How many entries one answer looks at.
  static final int LOOKED_AT_MAX = 2_000;

  private static final int READ_AT_ONCE = 200;
  private static final int MOVED_PAGES_MAX = 5;

  /// What the list is ordered by, which is the name of a member.
  enum Order {
    /// All agents by their ids, then all servers by theirs.
    IDENTIFIER,
    /// Agents and servers by what they are called.
    DISPLAY_NAME;

    private String member() {
      return this == IDENTIFIER ? "identifier" : "displayName";
    }

    static Order of(String word) {
      for (Order order : values()) {
        if (order.member().equals(word)) {
          return order;
        }
      }
      throw Refused.field("orderBy", "orderBy must be identifier or displayName");
    }
  }

  /// How far a list was looked at. What comes or goes meanwhile moves nothing else.
  ///
  /// @param page the cursor of the page of agents in which the next one is, or [#END]
  /// @param agent the identifier of the last agent, or ""
  /// @param server the id of the last server, or ""
  /// @param name what that server is called, or ""
  record Place(String page, String agent, String server, String name) {
    static final Place START = new Place("", "", "", "");

    /// No cursor: all agents were looked at.
    private static final String END = ".";

    private static final int PARTS = 4;
    private static final int TOKEN_MAX = 2_000;

    String token() {
      String text = String.join("\n", page, agent, server, name);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads a token.
    ///
    /// @throws Refused when no list gave it out
    static Place of(String token) {
      if (token.isEmpty()) {
        return START;
      }
      try {
        if (token.length() <= TOKEN_MAX) {
          var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
          String[] parts = text.split("\n", -1);
          boolean isWhole = parts.length == PARTS && text.indexOf('\0') < 0;
          if (isWhole && Imports.isId(parts[2])) {
            return new Place(parts[0], parts[1], parts[2], parts[3]);
          }
        }
      } catch (IllegalArgumentException _) {
        // Answered below, like a token of another list.
      }
      throw wrongToken();
    }
  }

  /// Part of the list.
  ///
  /// @param next where it goes on; empty at its end
  record Part(List<ObjectNode> entries, Optional<Place> next) {}

  /// A page of the hub's agents.
  ///
  /// @param next the cursor of the next page, or ""
  record AgentPage(List<ObjectNode> entries, String next) {}

  /// Reads what is listed.
  interface Source {
    /// The agents from a cursor on, by their ids.
    ///
    /// @throws Refused when no page gave the cursor out
    AgentPage agents(String cursor, int limit);

    /// The servers after one, in an order.
    List<Listing> servers(Order order, String name, String id, int limit);

    /// The entry of a server.
    ObjectNode entry(Listing server);
  }

  private final Source source;
  private final Order order;
  private final Deque<ObjectNode> agents = new ArrayDeque<>();
  private final Deque<Listing> servers = new ArrayDeque<>();
  private Place at;
  private String pageAfter = "";
  private boolean hasReadServers;

  EntryList(Source source, Order order, Place from) {
    this.source = source;
    this.order = order;
    this.at = from;
  }

  static Refused wrongToken() {
    return Refused.field("pageToken", "pageToken must be that of the page before");
  }

  /// The next entries that are wanted, so many at most, of as many as one answer looks at.
  Part next(Predicate<ObjectNode> isWanted, int limit) {
    var found = new ArrayList<ObjectNode>();
    readAgents(at.agent());
    for (int looked = 0; looked < LOOKED_AT_MAX && found.size() < limit; looked++) {
      ObjectNode entry = take();
      if (entry == null) {
        return new Part(found, Optional.empty());
      }
      if (isWanted.test(entry)) {
        found.add(entry);
      }
    }
    return new Part(found, isAtEnd() ? Optional.empty() : Optional.of(at));
  }

  private boolean isAtEnd() {
    fill();
    return agents.isEmpty() && servers.isEmpty();
  }

  /// The next entry of whichever list has the first one, or null at the end of both.
  private @Nullable ObjectNode take() {
    fill();
    ObjectNode agent = agents.peek();
    Listing first = servers.peek();
    ObjectNode server = first == null ? null : source.entry(first);
    if (agent != null && (server == null || isFirst(agent, server))) {
      at = new Place(at.page(), text(agent, "identifier"), at.server(), at.name());
      return agents.remove();
    }
    if (first != null) {
      at = new Place(at.page(), at.agent(), first.id(), first.name());
      servers.remove();
    }
    return server;
  }

  private boolean isFirst(ObjectNode agent, ObjectNode server) {
    Comparator<ObjectNode> byMember = Comparator.comparing(entry -> text(entry, order.member()));
    return byMember.compare(agent, server) <= 0;
  }

  private static String text(ObjectNode entry, String member) {
    return entry.path(member).asString("");
  }

  private void fill() {
    while (agents.isEmpty() && !at.page().equals(Place.END)) {
      String next = pageAfter.isEmpty() ? Place.END : pageAfter;
      at = new Place(next, "", at.server(), at.name());
      readAgents("");
    }
    if (servers.isEmpty() && !hasReadServers) {
      List<Listing> some = source.servers(order, at.name(), at.server(), READ_AT_ONCE);
      servers.addAll(some);
      hasReadServers = some.size() < READ_AT_ONCE;
    }
  }

  /// Reads the page of agents at which the list is, from the one on that comes after the last. Who
  /// joined meanwhile may have moved that one to a later page.
  private void readAgents(String last) {
    for (int pages = 0; !at.page().equals(Place.END); pages++) {
      AgentPage page = source.agents(at.page(), READ_AT_ONCE);
      pageAfter = page.next();
      int known = last.isEmpty() ? 0 : 1 + indexOf(page.entries(), last);
      if (last.isEmpty() || known > 0) {
        agents.addAll(page.entries().subList(known, page.entries().size()));
        return;
      }
      if (pages == MOVED_PAGES_MAX || pageAfter.isEmpty()) {
        throw wrongToken();
      }
      at = new Place(pageAfter, last, at.server(), at.name());
    }
  }

  private static int indexOf(List<ObjectNode> entries, String identifier) {
    for (int i = 0; i < entries.size(); i++) {
      if (text(entries.get(i), "identifier").equals(identifier)) {
        return i;
      }
    }
    return -1;
  }
}
