package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Agents outside the hub, named by the address of their A2A card. Each is an agent here as well,
/// so that messages to it are durable and have receipts like all others: what waits in its inbox is
/// what has to go out. It has no key, so nobody can call as it. Thread-safe.
public final class OutsideAgents {
  /// An agent outside.
  ///
  /// @param number the hub's own short name for it
  /// @param id its name here
  /// @param card the address of its card
  public record Outside(long number, String id, URI card) {}

  /// What the card of an agent outside says.
  ///
  /// @param examples requests that it says it is for
  /// @param marks what a scan found in all of the card
  public record Card(
      String description, List<String> capabilities, List<String> examples, List<String> marks) {
    /// Says nothing.
    public static final Card NONE = new Card("", List.of(), List.of(), List.of());

    /// Copies the lists.
    public Card {
      capabilities = List.copyOf(capabilities);
      examples = List.copyOf(examples);
      marks = List.copyOf(marks);
    }
  }

  /// How many agents outside one agent may be the first to name.
  static final int NAMED_MAX = 100;

  private static final int HOST_CHARACTERS_MAX = 47;
  private static final String CARD_PATH = "/.well-known/agent-card.json";

  private final Database database;
  private final InstantSource clock;
  private final Consumer<URI> check;
  private final ConcurrentHashMap<URI, String> ids = new ConcurrentHashMap<>();
  private final List<Consumer<Outside>> listeners = new CopyOnWriteArrayList<>();

  /// Agents outside; `check` refuses addresses that the hub does not call.
  public OutsideAgents(Database database, InstantSource clock, Consumer<URI> check) {
    this.database = database;
    this.clock = clock;
    this.check = check;
  }

  /// Whether a recipient is named by an address.
  public static boolean isAddress(String to) {
    return to.regionMatches(true, 0, "https://", 0, 8)
        || to.regionMatches(true, 0, "http://", 0, 7);
  }

  /// The id here of the agent at an address, of its card or of what is above the card. The first
  /// time, the agent is made; may block.
  ///
  /// @throws Refused when the address is not called, or the caller has named enough of them
  public String idOf(Caller.OfAgent caller, String address) {
    URI card = card(address);
    String known = ids.get(card);
    if (known != null) {
      return known;
    }
    check.accept(card);
    Outside outside =
        database
            .read(reader -> SqlAgents.outside(reader, card.toString()))
            .orElseGet(() -> make(caller, card));
    listeners.forEach(listener -> listener.accept(outside));
    ids.put(card, outside.id());
    return outside.id();
  }

  /// Agents outside whose numbers come after one, in the order of numbers.
  public List<Outside> after(long number, int limit) {
    return database.read(reader -> SqlAgents.outsideAfter(reader, number, limit));
  }

  /// Tells of every agent outside the first time that this process hears of its address, before any
  /// message reaches it.
  public void onNamed(Consumer<Outside> listener) {
    listeners.add(listener);
  }

  /// Says here what an agent outside says of itself, so that it is found.
  public void describe(Transaction transaction, String id, Card card) throws SQLException {
    SqlAgents.describe(
        transaction,
        id,
        ProfileFields.description(card.description()),
        SqlAgents.joined(ProfileFields.capabilities(card.capabilities())),
        Practice.ofCard(card.examples(), card.marks()).stored());
  }

  private Outside make(Caller.OfAgent caller, URI card) {
    String id = id(card);
    long now = clock.millis();
    Optional<Outside> made =
        database.write(transaction -> {
          if (SqlAgents.countNamedBy(transaction, caller.number()) >= NAMED_MAX) {
            throw new Refused(
                ProblemType.OUTBOUND_REFUSED,
                "You have named " + NAMED_MAX + " outside agents; no agent may name more");
          }
          SqlAgents.insertOutside(transaction, id, card.toString(), caller.number(), now);
          return SqlAgents.outside(transaction, card.toString());
        });
    return made.orElseThrow(
        () -> new Refused(ProblemType.OUTBOUND_REFUSED, "Another agent has the id " + id));
  }

  /// One form for all spellings of an address: that of the card, without what a request never has.
  ///
  /// @throws Refused when it is no URL
  public static URI card(String address) {
    try {
      URI given = new URI(address).normalize();
      String host = given.getHost();
      if (host == null || given.getRawUserInfo() != null) {
        return given;
      }
      String scheme = given.getScheme().toLowerCase(Locale.ROOT);
      boolean isUsualPort = given.getPort() == (scheme.equals("https") ? 443 : 80);
      String port = given.getPort() < 0 || isUsualPort ? "" : ":" + given.getPort();
      String path = given.getRawPath() == null ? "" : given.getRawPath();
      String ofCard = path.endsWith(".json") ? path : path.replaceFirst("/+$", "") + CARD_PATH;
      String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
      String name = host.toLowerCase(Locale.ROOT);
      return new URI(new URI(scheme + "://" + name + port + ofCard + query).toASCIIString());
    } catch (URISyntaxException _) {
      throw new Refused(ProblemType.OUTBOUND_REFUSED, "The address is not a URL");
    }
  }

  /// A name that says where the agent is and is of this address alone.
  private static String id(URI card) {
    String host = card.getHost().replaceAll("[^a-z0-9.-]", "-");
    String start = host.substring(0, Math.min(host.length(), HOST_CHARACTERS_MAX));
    return "a2a-" + start + "-" + Sha256.name(card.toString()).substring(0, 12);
  }
}
