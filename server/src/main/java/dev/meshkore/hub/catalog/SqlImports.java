package dev.meshkore.hub.catalog;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The SQL of imports.
final class SqlImports {
  private static final String COLUMNS =
      """
      SELECT import_id, kind, importer, source, name, version, description, agent_id, marks,
        signature, document, imported_at, fetched_at
      FROM import
      """;

  /// All but the documents, which are large.
  private static final String LIGHT = COLUMNS.replace(" document,", " '',");

  private SqlImports() {}

  /// Puts a listing in the place of the one with its id.
  static void put(Transaction transaction, Listing listing) throws SQLException {
    transaction.update("DELETE FROM import WHERE import_id = ?", listing.id());
    transaction.update(
        """
        INSERT INTO import (import_id, kind, importer, source, name, version, description, agent_id,
          marks, signature, document, imported_at, fetched_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        listing.id(),
        listing.kind().word(),
        listing.importer(),
        listing.source(),
        listing.name(),
        listing.version(),
        listing.description(),
        listing.agentId(),
        String.join(" ", listing.marks()),
        listing.signature(),
        listing.document(),
        listing.importedAt().toEpochMilli(),
        listing.fetchedAt().toEpochMilli());
  }

  static int remove(Transaction transaction, String id) throws SQLException {
    return transaction.update("DELETE FROM import WHERE import_id = ?", id);
  }

  static Optional<Listing> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE import_id = ?", SqlImports::listing, id);
  }

  /// Listings without their documents.
  static List<Listing> after(Transaction reader, String id, int limit) throws SQLException {
    return reader.list(
        LIGHT + "WHERE import_id > ? ORDER BY import_id LIMIT ?", SqlImports::listing, id, limit);
  }

  /// Listings of a kind by their ids, without their documents.
  static List<Listing> byId(Transaction reader, Found.Kind kind, String id, int limit)
      throws SQLException {
    return reader.list(
        LIGHT + "WHERE kind = ? AND import_id > ? ORDER BY import_id LIMIT ?",
        SqlImports::listing,
        kind.word(),
        id,
        limit);
  }

  /// Listings of a kind by their names, and of one name by their ids, without their documents.
  static List<Listing> byName(
      Transaction reader, Found.Kind kind, String name, String id, int limit) throws SQLException {
    String said = reader.dialect().choose("name", "name COLLATE \"C\"");
    String order = " AND (" + said + ", import_id) > (?, ?) ORDER BY " + said + ", import_id";
    return reader.list(
        LIGHT + "WHERE kind = ?" + order + " LIMIT ?",
        SqlImports::listing,
        kind.word(),
        name,
        id,
        limit);
  }

  /// Whether some import is of this agent.
  static boolean isListed(Transaction reader, String agentId) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM import WHERE agent_id = ?", 0, agentId) > 0;
  }

  static long countOf(Transaction reader, long importer) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM import WHERE importer = ?", 0, importer);
  }

  private static Listing listing(ResultSet row) throws SQLException {
    String marks = row.getString(9);
    return new Listing(
        row.getString(1),
        Found.Kind.of(row.getString(2)),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        marks.isEmpty() ? List.of() : List.of(marks.split(" ")),
        row.getString(10),
        row.getString(11),
        Instant.ofEpochMilli(row.getLong(12)),
        Instant.ofEpochMilli(row.getLong(13)));
  }
}
