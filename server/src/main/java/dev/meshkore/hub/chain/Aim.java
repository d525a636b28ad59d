package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// By what the chain tells that something is done, whoever did it: a number that a contract answers
/// has come so far, and does not go back.
///
/// @param contract which is asked
/// @param question what it is asked
/// @param word which word of the answer the number is
/// @param bound how far it is to come
/// @param isFalling whether it is to fall so far, and not to rise
record Aim(Address contract, byte[] question, int word, BigInteger bound, boolean isFalling) {
  private static final String PART = ":";
  private static final String NEXT = " ";

  /// What stands behind those that fall; the others have nothing there.
  private static final String FALLING = "falling";

  /// A number that is to rise so far.
  Aim(Address contract, byte[] question, int word, BigInteger least) {
    this(contract, question, word, least, false);
  }

  /// Whether the chain was there as of a block.
  boolean isReached(Node node, Node.Block block) {
    BigInteger number = node.wordsAt(contract, question, word + 1, block).get(word);
    return isFalling ? number.compareTo(bound) <= 0 : number.compareTo(bound) >= 0;
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
                aim.bound.toString() + (aim.isFalling ? PART + FALLING : "")))
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
        new BigInteger(parts[3]),
        parts.length > 4 && parts[4].equals(FALLING));
  }
}
