package dev.meshkore.hub.x402;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// A Merkle tree whose nodes have sums: the hash of an inner node covers the hashes and the sums of
/// both below it, so that nothing can be in it of which the sum does not tell. It has the shape of
/// RFC 6962: to the left the largest power of two that is less than all. A leaf is hashed after the
/// byte 0, an inner node after the byte 1. Sums are whole numbers up to 2^63 - 1.
final class SumTree {
  private static final byte LEAF = 0;
  private static final byte INNER = 1;

  /// A leaf, or a part of a tree.
  ///
  /// @param hash 32 bytes
  /// @param sum of all leaves below it
  record Node(byte[] hash, long sum) {
    /// Refuses what no honest tree has.
    Node {
      if (sum < 0) {
        throw new IllegalArgumentException("A sum is not below nothing");
      }
    }
  }

  /// A node beside the way from a leaf to the root.
  ///
  /// @param isLeft whether it is to the left of that way
  /// @param node what is there
  record Step(boolean isLeft, Node node) {}

  private SumTree() {}

  /// A leaf of these bytes.
  static Node leaf(byte[] bytes, long sum) {
    MessageDigest digest = sha256();
    digest.update(LEAF);
    return new Node(digest.digest(bytes), sum);
  }

  /// The node above two.
  ///
  /// @throws ArithmeticException when the sum is too large
  static Node over(Node left, Node right) {
    ByteBuffer bytes = ByteBuffer.allocate(1 + 2 * (left.hash().length + Long.BYTES));
    bytes.put(INNER);
    bytes.put(left.hash()).putLong(left.sum());
    bytes.put(right.hash()).putLong(right.sum());
    long sum = Math.addExact(left.sum(), right.sum());
    return new Node(sha256().digest(bytes.array()), sum);
  }

  /// The root over leaves, of which there is one at least.
  static Node root(List<Node> leaves) {
    int count = leaves.size();
    if (count == 1) {
      return leaves.getFirst();
    }
    int middle = Integer.highestOneBit(count - 1);
    return over(root(leaves.subList(0, middle)), root(leaves.subList(middle, count)));
  }

  /// What is beside the way from a leaf up to the root, from below.
  static List<Step> path(int index, List<Node> leaves) {
    var path = new ArrayList<Step>();
    walk(index, leaves, path);
    return path;
  }

  private static void walk(int index, List<Node> leaves, List<Step> path) {
    int count = leaves.size();
    if (count == 1) {
      return;
    }
    int middle = Integer.highestOneBit(count - 1);
    if (index < middle) {
      walk(index, leaves.subList(0, middle), path);
      path.add(new Step(false, root(leaves.subList(middle, count))));
    } else {
      walk(index - middle, leaves.subList(middle, count), path);
      path.add(new Step(true, root(leaves.subList(0, middle))));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }
}
