package dev.meshkore.hub.x402;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.http.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A batch that is closed: signed payments that have moved their money, and what the hub says of
/// all of them. It never changes.
///
/// @param number its place among the batches, from 1
/// @param statement what the hub says of it, in canonical form
/// @param nets what it comes to, in canonical form
/// @param nodes its leaves, as they are stored
/// @param act the number of its leaf among the acts of the audit
/// @param closedAtMs when it was closed
record Batch(long number, String statement, String nets, byte[] nodes, long act, long closedAtMs) {
  private static final int HASH = 32;
  private static final int NODE = HASH + Long.BYTES;

  /// What the batch of a number is called.
  static String name(long number) {
    return "b" + number;
  }

  /// The statement, without a signature.
  ObjectNode said() {
    return (ObjectNode) Json.own(statement.getBytes(StandardCharsets.UTF_8));
  }

  /// The hash by which the next one names it.
  String hash() {
    return Canonical.hash(statement.getBytes(StandardCharsets.UTF_8));
  }

  /// The leaves of its tree.
  List<SumTree.Node> leaves() {
    var leaves = new ArrayList<SumTree.Node>();
    ByteBuffer bytes = ByteBuffer.wrap(nodes);
    while (bytes.hasRemaining()) {
      byte[] hash = new byte[HASH];
      bytes.get(hash);
      leaves.add(new SumTree.Node(hash, bytes.getLong()));
    }
    return leaves;
  }

  /// Leaves as they are stored.
  static byte[] stored(List<SumTree.Node> leaves) {
    ByteBuffer bytes = ByteBuffer.allocate(leaves.size() * NODE);
    leaves.forEach(leaf -> bytes.put(leaf.hash()).putLong(leaf.sum()));
    return bytes.array();
  }
}
