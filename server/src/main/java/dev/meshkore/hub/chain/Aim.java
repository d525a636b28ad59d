package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// By what the chain tells that something is done, whoever did it: a number that a contract
/// answers, and that never falls, has come so far.
///
/// @param contract which is asked
/// @param question what it is asked
/// @param word which word of the answer the number is
/// @param least how far it is to come
record Aim(Address contract, byte[] question, int word, BigInteger least) {
  private static final String PART = ":";
  private static final String NEXT = " ";

  /// Whether the chain was there as of a block.
  boolean isReached(Node node, Node.Block block) {
    return node.wordsAt(contract, question, word + 1, block).get(word).compareTo(least) >= 0;
  }

  /// Several in one text, as they are kept.
  static String text(List<Aim> aims) {
    return aims.stream()
        .map(aim ->
            String.join(
                PART,
                aim.contract.hex(),
                HexFormat.of().formatHex(aim.question),
                Integer.toString(aim.word),
                aim.least.toString()))
        .collect(Collectors.joining(NEXT));
  }

  /// Those in a text.
  static List<Aim> read(String text) {
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(NEXT, -1)).map(Aim::one).toList();
  }

  private static Aim one(String text) {
    String[] parts = text.split(PART, -1);
    return new Aim(
        new Address(parts[0]),
        HexFormat.of().parseHex(parts[1]),
        Integer.parseInt(parts[2]),
        new BigInteger(parts[3]));
  }
}
