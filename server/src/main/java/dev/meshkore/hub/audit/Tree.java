package dev.meshkore.hub.audit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A Merkle tree (RFC 6962) that is read from tiles of 256 hashes (C2SP tlog-tiles): what its root
/// was at any size, and the proofs. Not thread-safe.
final class Tree {
  static final int TILE_HEIGHT = 8;
  static final int TILE_WIDTH = 1 << TILE_HEIGHT;

  /// Where the tiles are.
  @FunctionalInterface
  interface Tiles {
    /// The hashes of a tile, as many as there are.
    byte[] read(int level, long number) throws SQLException;
  }

  private final Tiles tiles;
  private final Digests digests = new Digests();

  Tree(Tiles tiles) {
    this.tiles = tiles;
  }

  /// The root over the first `size` leaves.
  byte[] root(long size) throws SQLException {
    return size == 0 ? digests.empty() : range(0, size);
  }

  /// The audit path of a leaf (RFC 6962 §2.1.1).
  List<byte[]> inclusion(long index, long size) throws SQLException {
    var path = new ArrayList<byte[]>();
    include(index, 0, size, path);
    return path;
  }

  /// The proof that the tree of `size` leaves begins with that of `earlier` (RFC 6962 §2.1.2).
  List<byte[]> consistency(long earlier, long size) throws SQLException {
    var proof = new ArrayList<byte[]>();
    if (earlier > 0 && earlier < size) {
      extend(earlier, 0, size, true, proof);
    }
    return proof;
  }

  /// The hash of a leaf.
  byte[] leaf(long index) throws SQLException {
    return node(0, index);
  }

  private void include(long index, long from, long to, List<byte[]> path) throws SQLException {
    if (to - from == 1) {
      return;
    }
    long middle = from + Long.highestOneBit(to - from - 1);
    if (index < middle) {
      include(index, from, middle, path);
      path.add(range(middle, to));
    } else {
      include(index, middle, to, path);
      path.add(range(from, middle));
    }
  }

  private void extend(long earlier, long from, long to, boolean isWhole, List<byte[]> proof)
      throws SQLException {
    if (earlier == to) {
      if (!isWhole) {
        proof.add(range(from, to));
      }
      return;
    }
    long middle = from + Long.highestOneBit(to - from - 1);
    if (earlier <= middle) {
      extend(earlier, from, middle, isWhole, proof);
      proof.add(range(middle, to));
    } else {
      extend(earlier, middle, to, false, proof);
      proof.add(range(from, middle));
    }
  }

  private byte[] range(long from, long to) throws SQLException {
    long count = to - from;
    long half = Long.highestOneBit(count);
    if (half == count) {
      int height = Long.numberOfTrailingZeros(count);
      return node(height, from >> height);
    }
    return digests.node(range(from, from + half), range(from + half, to));
  }

  /// The hash over a whole subtree: out of the tile that holds its lowest stored hashes.
  private byte[] node(int height, long index) throws SQLException {
    int level = height / TILE_HEIGHT;
    int within = height % TILE_HEIGHT;
    long first = index << within;
    int slot = (int) (first & (TILE_WIDTH - 1));
    byte[] tile = tiles.read(level, first >> TILE_HEIGHT);
    byte[] some =
        java.util.Arrays.copyOfRange(
            tile, slot * Digests.BYTES, (slot + (1 << within)) * Digests.BYTES);
    return over(some, 1 << within, digests);
  }

  /// The root over a power of two of hashes, which are used up.
  static byte[] over(byte[] hashes, int count, Digests digests) {
    for (int left = count; left > 1; left /= 2) {
      for (int i = 0; i < left; i += 2) {
        digests.node(hashes, i * Digests.BYTES, hashes, i / 2 * Digests.BYTES);
      }
    }
    return java.util.Arrays.copyOf(hashes, Digests.BYTES);
  }
}
