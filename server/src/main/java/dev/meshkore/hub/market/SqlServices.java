package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The SQL of services, their versions and their shingles.
final class SqlServices {
  /// Services by a part of what they say.
  record Facet(String word, long count) {}

  /// A part of a query, with what it compares.
  record Filter(String sql, List<Object> arguments) {
    /// The same, and this.
    Filter and(String more, Object argument) {
      var all = new ArrayList<>(arguments);
      all.add(argument);
      return new Filter(sql + " AND " + more, all);
    }
  }

  /// What agreements have taken, and of a live service the calls that wait for its seller, too.
  private static final String TAKEN =
      """
      (taken + CASE WHEN kind = 'live' THEN (SELECT COUNT(*) FROM market_live_call w
        WHERE w.service = market_service.number) ELSE 0 END)
      """;

  private static final String COLUMNS =
      "SELECT number, service_id, seller, state, version, document, quantity, "
          + TAKEN
          + ", expires_at, copy_of, change, listed_at, changed_at FROM market_service ";

  private SqlServices() {}

  /// The number of the change that this transaction makes. Nobody else has one before its end.
  static long nextChange(Transaction transaction) throws SQLException {
    return transaction.number(
        "UPDATE market_count SET changes = changes + 1 WHERE one = 1 RETURNING changes", 0);
  }

  /// The last change: it and all before it are committed.
  static long lastChange(Transaction reader) throws SQLException {
    return reader.number("SELECT changes FROM market_count WHERE one = 1", 0);
  }

  static void insert(Transaction transaction, Listing service) throws SQLException {
    ServiceTerms terms = service.terms();
    transaction.update(
        """
        INSERT INTO market_service (service_id, seller, kind, category, state, version, document,
          words, asset, atoms, quantity, taken, expires_at, copy_of, change, listed_at, changed_at)
        VALUES (?, ?, ?, ?, 'listed', 1, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
        """,
        service.id(),
        service.seller(),
        terms.kind().word(),
        terms.category(),
        terms.document(),
        terms.words(),
        terms.price().money().asset().code(),
        terms.price().money().atoms(),
        nullable(service.quantity()),
        service.expiresAtMs() == 0 ? null : service.expiresAtMs(),
        service.copyOf().orElse(null),
        service.change(),
        service.listedAtMs(),
        service.changedAtMs());
  }

  private static @Nullable Long nullable(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  static void update(Transaction transaction, Listing service) throws SQLException {
    ServiceTerms terms = service.terms();
    transaction.update(
        """
        UPDATE market_service SET category = ?, version = ?, document = ?, words = ?, asset = ?,
          atoms = ?, quantity = ?, expires_at = ?, copy_of = ?, change = ?, changed_at = ?
        WHERE number = ?
        """,
        terms.category(),
        service.version(),
        terms.document(),
        terms.words(),
        terms.price().money().asset().code(),
        terms.price().money().atoms(),
        nullable(service.quantity()),
        service.expiresAtMs() == 0 ? null : service.expiresAtMs(),
        service.copyOf().orElse(null),
        service.change(),
        service.changedAtMs(),
        service.number());
  }

  static void withdraw(Transaction transaction, long number, long change, long now)
      throws SQLException {
    transaction.update(
        """
        UPDATE market_service SET state = 'withdrawn', change = ?, changed_at = ? WHERE number = ?
        """,
        change,
        now,
        number);
  }

  static void insertVersion(Transaction transaction, long service, Listing version)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO market_service_version (service, version, document, changed_at, change)
        VALUES (?, ?, ?, ?, ?)
        """,
        service,
        version.version(),
        version.terms().document(),
        version.changedAtMs(),
        version.change());
  }

  static Optional<Listing> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE service_id = ?", SqlServices::service, id);
  }

  static Optional<Listing> get(Transaction reader, long number) throws SQLException {
    return reader.first(COLUMNS + "WHERE number = ?", SqlServices::service, number);
  }

  static Optional<String> version(Transaction reader, long service, long version)
      throws SQLException {
    return reader.first(
        "SELECT document FROM market_service_version WHERE service = ? AND version = ?",
        row -> row.getString(1),
        service,
        version);
  }

  /// What a service said from a change on, and the service as it is now.
  record Version(Listing service, long number, ServiceTerms terms, long change) {}

  /// Versions that were made after a change, up to another, in the order of changes. Calls that
  /// wait take nothing of what is left of these.
  static List<Version> versions(Transaction reader, long after, long upTo, int limit)
      throws SQLException {
    return reader.list(
        """
        SELECT s.number, s.service_id, s.seller, s.state, s.version, s.document, s.quantity,
          s.taken, s.expires_at, s.copy_of, s.change, s.listed_at, s.changed_at,
          v.version, v.document, v.change
        FROM market_service_version v JOIN market_service s ON s.number = v.service
        WHERE v.change > ? AND v.change <= ? ORDER BY v.change LIMIT ?
        """,
        row -> {
          Listing service = service(row);
          long version = row.getLong(14);
          ServiceTerms terms =
              version == service.version() ? service.terms() : ServiceTerms.of(row.getString(15));
          return new Version(service, version, terms, row.getLong(16));
        },
        after,
        upTo,
        limit);
  }

  /// The number of the newest service; 0 where there is none.
  static long newest(Transaction reader) throws SQLException {
    return reader.number("SELECT COALESCE(MAX(number), 0) FROM market_service", 0);
  }

  /// Newest first, those before a number.
  static List<Listing> page(Transaction reader, Filter filter, long before, int limit)
      throws SQLException {
    var arguments = new ArrayList<>(filter.arguments());
    arguments.add(before);
    arguments.add(limit);
    return reader.list(
        COLUMNS + "WHERE " + filter.sql() + " AND number < ? ORDER BY number DESC LIMIT ?",
        SqlServices::service,
        arguments.toArray());
  }

  /// How many services of each kind or category a filter lets through, most first.
  static List<Facet> facets(Transaction reader, Filter filter, String column, int limit)
      throws SQLException {
    var arguments = new ArrayList<>(filter.arguments());
    arguments.add(limit);
    String sql =
        "SELECT %s, COUNT(*) FROM market_service WHERE %s GROUP BY %s ORDER BY 2 DESC, 1 LIMIT ?"
            .formatted(column, filter.sql(), column);
    return reader.list(
        sql, row -> new Facet(row.getString(1), row.getLong(2)), arguments.toArray());
  }

  /// Services that changed after a change, in the order of changes.
  static List<Listing> changedSince(Transaction reader, long change, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS + "WHERE change > ? ORDER BY change LIMIT ?", SqlServices::service, change, limit);
  }

  /// What a seller sells now, newest first.
  static List<Listing> ofSeller(Transaction reader, long seller, long now, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE seller = ? AND state = 'listed' AND (expires_at IS NULL OR expires_at > ?)
            ORDER BY number DESC LIMIT ?
            """,
        SqlServices::service,
        seller,
        now,
        limit);
  }

  /// Who has services that ended by the clock after a time and until another.
  static List<Long> endedSellers(Transaction reader, long after, long until) throws SQLException {
    return reader.list(
        """
        SELECT DISTINCT seller FROM market_service
        WHERE state = 'listed' AND expires_at IS NOT NULL AND expires_at > ? AND expires_at <= ?
        """,
        row -> row.getLong(1),
        after,
        until);
  }

  /// How many services a seller has not withdrawn, those among them that have ended by the clock.
  static long keptCount(Transaction reader, long seller) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM market_service WHERE seller = ? AND state = 'listed'", 0, seller);
  }

  /// How many services a seller has that are for sale, or will be again.
  static long listedCount(Transaction reader, long seller, long now) throws SQLException {
    return reader.number(
        """
        SELECT COUNT(*) FROM market_service
        WHERE seller = ? AND state = 'listed' AND (expires_at IS NULL OR expires_at > ?)
        """,
        0,
        seller,
        now);
  }

  /// Takes of a quantity what is left of it; false where that is too little, or the service is not
  /// for sale any more.
  static boolean take(Transaction transaction, long service, long count, long now)
      throws SQLException {
    return transaction.update(
            "UPDATE market_service SET taken = taken + ? WHERE number = ? AND state = 'listed' AND "
                + TAKEN
                + " + ? <= quantity AND (expires_at IS NULL OR expires_at > ?)",
            count,
            service,
            count,
            now)
        == 1;
  }

  /// Lets nobody change or take a service before this transaction ends.
  static void lock(Transaction transaction, String id) throws SQLException {
    transaction.update("UPDATE market_service SET taken = taken WHERE service_id = ?", id);
  }

  /// Gives back what an agreement has taken that was not kept, or that is done.
  static void giveBack(Transaction transaction, long service, long count) throws SQLException {
    transaction.update(
        "UPDATE market_service SET taken = taken - ? WHERE number = ? AND taken >= ?",
        count,
        service,
        count);
  }

  static void setShingles(Transaction transaction, long service, List<Long> hashes)
      throws SQLException {
    transaction.update("DELETE FROM market_shingle WHERE service = ?", service);
    for (long hash : hashes) {
      transaction.update("INSERT INTO market_shingle (hash, service) VALUES (?, ?)", hash, service);
    }
  }

  /// The oldest listing of another seller that shares so many of the hashes, if any does.
  static Optional<Listing> near(
      Transaction reader, long seller, long except, List<Long> hashes, int least)
      throws SQLException {
    var arguments = new ArrayList<Object>(hashes);
    arguments.add(seller);
    arguments.add(except);
    arguments.add(least);
    String marks = String.join(",", hashes.stream().map(_ -> "?").toList());
    OptionalLong found =
        reader
            .first(
                """
                SELECT s.number FROM market_shingle h JOIN market_service s ON s.number = h.service
                WHERE h.hash IN (%s) AND s.seller <> ? AND s.number <> ? AND s.copy_of IS NULL
                GROUP BY s.number HAVING COUNT(*) >= ? ORDER BY s.number LIMIT 1
                """
                    .formatted(marks),
                row -> OptionalLong.of(row.getLong(1)),
                arguments.toArray())
            .orElse(OptionalLong.empty());
    return found.isPresent() ? get(reader, found.getAsLong()) : Optional.empty();
  }

  private static Listing service(ResultSet row) throws SQLException {
    long quantity = row.getLong(7);
    boolean isBounded = !row.wasNull();
    return new Listing(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4).equals("listed"),
        row.getLong(5),
        ServiceTerms.of(row.getString(6)),
        isBounded ? OptionalLong.of(quantity) : OptionalLong.empty(),
        row.getLong(8),
        row.getLong(9),
        Optional.ofNullable(row.getString(10)),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13));
  }
}
