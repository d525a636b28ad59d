package dev.meshkore.hub.catalog;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.ListedNames;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What agents had listed that is outside the hub. Whoever had it listed withdraws it; what it says
/// is scanned as any listing is, and read again on request. Thread-safe; calls block.
final class Imports {
  /// What became of an import.
  ///
  /// @param listed what is listed now
  /// @param skipped what is not
  record Done(List<Listed> listed, List<Reader.Skipped> skipped) {}

  /// Some listings of a list.
  ///
  /// @param next after which listing the list goes on; one page looks at so many at most
  record Page(List<Listing> listings, Optional<String> next) {}

  /// How many listings one agent may have brought.
  static final int OF_AGENT_MAX = 200;

  /// How many imports an agent may ask for in a minute: each may call many addresses.
  static final int A_MINUTE = 20;

  private static final Duration BETWEEN_READS = Duration.ofMinutes(1);
  private static final int READ_AT_ONCE = 500;
  private static final int READS_MAX = 20;
  private static final int WORDS_MAX = 32;
  private static final Pattern ID = Pattern.compile("(imp_[0-9a-f]{20})?");
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private final Database database;
  private final Audit audit;
  private final OutsideAgents outside;
  private final Reader reader;
  private final InstantSource clock;
  private final RateLimiter rates;
  private final Set<Long> importing = ConcurrentHashMap.newKeySet();

  Imports(Catalog.Parts parts, InstantSource clock, LongSupplier nanoTime) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.outside = parts.outside();
    this.reader = new Reader(new Documents(parts.client()));
    this.clock = clock;
    this.rates = new RateLimiter(A_MINUTE, nanoTime);
  }

  /// Lists what an address leads to.
  ///
  /// @throws Refused when nothing there can be listed
  Done at(Caller.OfAgent caller, String url) {
    return alone(
        caller,
        () -> {
          Reader.Read read = read(url);
          var listed = new ArrayList<Listed>();
          var skipped = new ArrayList<>(read.skipped());
          for (Found found : read.found()) {
            try {
              listed.add(list(caller, found));
            } catch (Refused refused) {
              if (read.found().size() == 1 && skipped.isEmpty()) {
                throw refused;
              }
              String reason = refused.type().slug() + ": " + refused.detail();
              skipped.add(new Reader.Skipped(found.source(), reason));
            }
          }
          return new Done(listed, skipped);
        });
  }

  /// Lists a server of the MCP registry that came with the request.
  ///
  /// @throws Refused when it cannot be listed
  Done server(Caller.OfAgent caller, ObjectNode document) {
    Found found = reader.server(document);
    return alone(caller, () -> new Done(List.of(list(caller, found)), List.of()));
  }

  /// Reads the document of a listing again.
  ///
  /// @throws Refused when it is not the caller's, was read just now, or cannot be listed any more
  Listed refresh(Caller.OfAgent caller, String id) {
    Listing listing = ofCaller(caller, id);
    if (listing.source().isEmpty()) {
      throw Refused.field("import_id", "Its document came with the request; import it again");
    }
    Instant next = listing.fetchedAt().plus(BETWEEN_READS);
    if (clock.instant().isBefore(next)) {
      long seconds = Duration.between(clock.instant(), next).toSeconds() + 1;
      throw Refused.later(ProblemType.RATE_LIMITED, "It was read less than a minute ago", seconds);
    }
    return alone(
        caller,
        () -> {
          List<Found> found = reader.at(listing.source()).found();
          boolean isSame = found.size() == 1 && found.getFirst().kind() == listing.kind();
          if (!isSame) {
            throw Refused.field("import_id", "Its address leads to something else now");
          }
          return list(caller, found.getFirst());
        });
  }

  /// Takes a listing away. The agent that stands for an agent outside stays, for its mail.
  ///
  /// @throws Refused when it is not the caller's
  void withdraw(Caller.OfAgent caller, String id) {
    Listing listing = ofCaller(caller, id);
    var _ =
        database.write(transaction -> {
          int count = SqlImports.remove(transaction, id);
          if (count > 0) {
            ListedNames.release(transaction, "import", id);
            if (!SqlImports.isListed(transaction, listing.agentId())) {
              describe(transaction, listing, OutsideAgents.Card.NONE);
            }
            audit.record(transaction, Leaf.of("listing.withdrawn", caller.id(), id));
          }
          return count;
        });
  }

  /// Whether this may be the id of a listing, or "".
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// The listing of this id.
  Optional<Listing> find(String id) {
    return database.read(transaction -> SqlImports.find(transaction, id));
  }

  /// Listings after one, in the order of their ids, that hold all of the words; without their
  /// documents.
  Page page(String after, Optional<Found.Kind> kind, String words, int limit) {
    String[] wanted = words(words);
    var found = new ArrayList<Listing>();
    String from = after;
    boolean more = true;
    for (int i = 0; i < READS_MAX && more && found.size() <= limit; i++) {
      String start = from;
      List<Listing> some =
          database.read(transaction -> SqlImports.after(transaction, start, READ_AT_ONCE));
      some.stream()
          .filter(one -> kind.isEmpty() || kind.get() == one.kind())
          .filter(one -> held(one, wanted) == wanted.length)
          .forEach(found::add);
      more = some.size() == READ_AT_ONCE;
      from = more ? some.getLast().id() : from;
    }
    if (found.size() > limit) {
      List<Listing> page = found.subList(0, limit);
      return new Page(List.copyOf(page), Optional.of(page.getLast().id()));
    }
    return new Page(found, more ? Optional.of(from) : Optional.empty());
  }

  /// Of the servers after one those that hold some of the words, those that hold the most first;
  /// without their documents.
  Page best(String after, String words, int limit) {
    record Held(Listing listing, int words) {}

    String[] wanted = words(words);
    var found = new PriorityQueue<Held>(Comparator.comparingInt(Held::words));
    String from = after;
    boolean more = true;
    for (int i = 0; i < READS_MAX && more; i++) {
      List<Listing> some = servers(from, READ_AT_ONCE);
      for (Listing listing : some) {
        int count = held(listing, wanted);
        if (count > 0) {
          found.add(new Held(listing, count));
        }
        if (found.size() > limit) {
          found.poll();
        }
      }
      more = some.size() == READ_AT_ONCE;
      from = more ? some.getLast().id() : from;
    }
    List<Listing> best =
        found.stream()
            .sorted(Comparator.comparingInt(Held::words).reversed())
            .map(Held::listing)
            .toList();
    return new Page(best, more ? Optional.of(from) : Optional.empty());
  }

  /// Servers in the order of their ids, without their documents.
  List<Listing> servers(String afterId, int limit) {
    return database.read(reader -> SqlImports.byId(reader, Found.Kind.MCP_SERVER, afterId, limit));
  }

  /// Servers in the order of their names, and of one name of their ids, without their documents.
  List<Listing> serversByName(String afterName, String afterId, int limit) {
    return database.read(
        reader -> SqlImports.byName(reader, Found.Kind.MCP_SERVER, afterName, afterId, limit));
  }

  /// An address may be that of an agent whose card lies below it.
  private Reader.Read read(String url) {
    try {
      return reader.at(url);
    } catch (Refused refused) {
      String card = Reader.cardUrl(url);
      if (refused.type() != ProblemType.IMPORT_FAILED || card.equals(url)) {
        throw refused;
      }
      return reader.at(card);
    }
  }

  /// One at a time for each agent: an import may call many addresses.
  private <T> T alone(Caller.OfAgent caller, Supplier<T> work) {
    RateLimiter.Decision decision = rates.take(caller.number());
    if (!decision.allowed()) {
      throw Refused.later(
          ProblemType.RATE_LIMITED, "Too many imports in a minute", decision.resetSeconds());
    }
    if (!importing.add(caller.number())) {
      throw Refused.later(ProblemType.TOO_MANY_OPEN, "Another import of yours is still at work", 5);
    }
    try {
      return work.get();
    } finally {
      importing.remove(caller.number());
    }
  }

  private Listed list(Caller.OfAgent caller, Found found) {
    boolean isAgent = found.kind() == Found.Kind.A2A_AGENT;
    String agentId = isAgent ? outside.idOf(caller, found.source()) : "";
    String own = found.source().isEmpty() ? found.name() + "\n" + caller.id() : address(found);
    String id = "imp_" + hash(found.kind().word() + "\n" + own);
    Instant now = clock.instant();
    return database.write(transaction -> {
      Optional<Listing> before = SqlImports.find(transaction, id);
      if (before.isPresent() && before.get().importer() != caller.number()) {
        return new Listed(before.get(), List.of());
      }
      if (before.isEmpty() && SqlImports.countOf(transaction, caller.number()) >= OF_AGENT_MAX) {
        throw new Refused(
            ProblemType.NOT_ALLOWED, "You have " + OF_AGENT_MAX + " imports; withdraw some first");
      }
      Listing listing = listing(caller, found, id, agentId, before, now);
      // First what locks the versions of agents, as whoever joins does.
      describe(transaction, listing, card(found));
      var listed = new ListedNames.Listed("import", id, caller.number());
      ListedNames.claim(transaction, listed, "name", found.name());
      SqlImports.put(transaction, listing);
      String kind = before.isEmpty() ? "listing.imported" : "listing.read_again";
      Leaf leaf = Leaf.of(kind, caller.id(), id).with("kind", found.kind().word());
      audit.record(transaction, leaf.about(listing.document().getBytes(StandardCharsets.UTF_8)));
      return new Listed(listing, found.verdict().findings());
    });
  }

  /// One for all spellings of an agent's address.
  private static String address(Found found) {
    return found.kind() == Found.Kind.A2A_AGENT
        ? OutsideAgents.card(found.source()).toString()
        : found.source();
  }

  private static Listing listing(
      Caller.OfAgent caller,
      Found found,
      String id,
      String agentId,
      Optional<Listing> before,
      Instant now) {
    return new Listing(
        id,
        found.kind(),
        caller.number(),
        found.source(),
        found.name(),
        found.version(),
        found.description(),
        agentId,
        found.verdict().marks(),
        found.signature().word(),
        new String(Json.bytes(found.document()), StandardCharsets.UTF_8),
        before.map(Listing::importedAt).orElse(now),
        now);
  }

  private void describe(Transaction transaction, Listing listing, OutsideAgents.Card card)
      throws SQLException {
    if (!listing.agentId().isEmpty()) {
      outside.describe(transaction, listing.agentId(), card);
    }
  }

  private static OutsideAgents.Card card(Found found) {
    return new OutsideAgents.Card(
        found.description(), found.capabilities(), found.examples(), found.verdict().marks());
  }

  private Listing ofCaller(Caller.OfAgent caller, String id) {
    Listing listing = find(id).orElseThrow(Imports::unknown);
    if (listing.importer() != caller.number()) {
      throw new Refused(ProblemType.NOT_ALLOWED, "Another agent imported it");
    }
    return listing;
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_IMPORT, "There is no import of this import_id");
  }

  private static String[] words(String text) {
    return NO_WORD
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .distinct()
        .limit(WORDS_MAX)
        .toArray(String[]::new);
  }

  /// How many of the words it holds.
  private static int held(Listing listing, String[] words) {
    String text = (listing.name() + " " + listing.description()).toLowerCase(Locale.ROOT);
    return (int) Arrays.stream(words).filter(text::contains).count();
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 10);
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("Every Java platform has SHA-256", failure);
    }
  }
}
