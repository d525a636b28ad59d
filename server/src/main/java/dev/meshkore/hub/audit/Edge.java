package dev.meshkore.hub.audit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The right edge of the tree, where it grows: the last tile of each level. Hashes are appended;
/// what they changed is handed over to be stored. Not thread-safe.
final class Edge {
  /// The place of a tile.
  record Place(int level, long number) {}

  private static final int TILE_BYTES = Tree.TILE_WIDTH * Digests.BYTES;

  private final Digests digests = new Digests();
  private final List<byte[]> levels = new ArrayList<>();
  private final Map<Place, byte[]> changed = new LinkedHashMap<>();
  private long size;

  /// The edge of a tree of this size.
  static Edge read(long size, Tree.Tiles tiles) throws SQLException {
    var edge = new Edge();
    edge.size = size;
    for (int level = 0; size >> (Tree.TILE_HEIGHT * level) > 0; level++) {
      byte[] tile = new byte[TILE_BYTES];
      int count = edge.count(level);
      if (count > 0) {
        byte[] stored = tiles.read(level, edge.number(level));
        System.arraycopy(stored, 0, tile, 0, count * Digests.BYTES);
      }
      edge.levels.add(tile);
    }
    return edge;
  }

  Edge copy() {
    var copy = new Edge();
    copy.size = size;
    levels.forEach(tile -> copy.levels.add(tile.clone()));
    return copy;
  }

  long size() {
    return size;
  }

  /// Appends a leaf's hash, which is its record's.
  void append(byte[] record, int length) {
    digests.leaf(record, length, tile(0), count(0) * Digests.BYTES);
    size++;
    for (int level = 0; count(level) == 0; level++) {
      byte[] full = levels.get(level);
      changed.put(new Place(level, number(level) - 1), full);
      byte[] parent = tile(level + 1);
      int at = countBefore(level + 1) * Digests.BYTES;
      System.arraycopy(
          Tree.over(full.clone(), Tree.TILE_WIDTH, digests), 0, parent, at, Digests.BYTES);
      levels.set(level, new byte[TILE_BYTES]);
    }
  }

  /// The tiles that were filled or begun since the edge was made, with as many hashes as they have.
  Map<Place, byte[]> changed() {
    for (int level = 0; level < levels.size(); level++) {
      int count = count(level);
      if (count > 0) {
        changed.put(
            new Place(level, number(level)),
            java.util.Arrays.copyOf(levels.get(level), count * Digests.BYTES));
      }
    }
    return changed;
  }

  /// The root of the whole tree.
  byte[] root() throws SQLException {
    return new Tree((level, _) -> levels.get(level)).root(size);
  }

  private byte[] tile(int level) {
    if (level == levels.size()) {
      levels.add(new byte[TILE_BYTES]);
    }
    return levels.get(level);
  }

  /// How many hashes the last tile of a level has.
  private int count(int level) {
    return (int) ((size >> (Tree.TILE_HEIGHT * level)) & (Tree.TILE_WIDTH - 1));
  }

  /// The same before the last hash of this level came.
  private int countBefore(int level) {
    return (int) (((size >> (Tree.TILE_HEIGHT * level)) - 1) & (Tree.TILE_WIDTH - 1));
  }

  private long number(int level) {
    return size >> (Tree.TILE_HEIGHT * (level + 1));
  }
}
