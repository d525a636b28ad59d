package dev.meshkore.hub.audit;

import java.util.Arrays;
import java.util.List;

/// Checks proofs of a Merkle tree (RFC 6962) without the tree.
public final class Proofs {
  private Proofs() {}

  /// The hash of a leaf.
  public static byte[] leaf(byte[] record) {
    return new Digests().leaf(record);
  }

  /// The root over leaves' hashes.
  public static byte[] root(List<byte[]> hashes) {
    var digests = new Digests();
    return hashes.isEmpty() ? digests.empty() : root(hashes, digests);
  }

  /// True where the path leads from the leaf's hash to the root (RFC 9162 §2.1.3.2).
  public static boolean includes(
      byte[] leafHash, long index, List<byte[]> path, long size, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    var digests = new Digests();
    long node = index;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = digests.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = digests.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(hash, root);
  }

  /// True where the tree of `size` leaves begins with that of `earlier` (RFC 9162 §2.1.4.2).
  public static boolean extendsTree(
      long earlier, byte[] earlierRoot, long size, byte[] root, List<byte[]> proof) {
    if (earlier > size || earlier < 0) {
      return false;
    }
    if (earlier == size || earlier == 0) {
      boolean isSame = earlier == 0 || Arrays.equals(earlierRoot, root);
      return proof.isEmpty() && isSame;
    }
    boolean isWhole = Long.bitCount(earlier) == 1;
    if (!isWhole && proof.isEmpty()) {
      return false;
    }
    return climb(earlier, earlierRoot, size, root, proof, isWhole);
  }

  private static boolean climb(
      long earlier,
      byte[] earlierRoot,
      long size,
      byte[] root,
      List<byte[]> proof,
      boolean isWhole) {
    var digests = new Digests();
    long node = earlier - 1;
    long last = size - 1;
    while ((node & 1) == 1) {
      node >>= 1;
      last >>= 1;
    }
    byte[] before = isWhole ? earlierRoot : proof.getFirst();
    byte[] after = before;
    for (byte[] hash : isWhole ? proof : proof.subList(1, proof.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        before = digests.node(hash, before);
        after = digests.node(hash, after);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        after = digests.node(after, hash);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(before, earlierRoot) && Arrays.equals(after, root);
  }

  private static byte[] root(List<byte[]> hashes, Digests digests) {
    if (hashes.size() == 1) {
      return hashes.getFirst();
    }
    int half = Integer.highestOneBit(hashes.size() - 1);
    return digests.node(
        root(hashes.subList(0, half), digests), root(hashes.subList(half, hashes.size()), digests));
  }
}
