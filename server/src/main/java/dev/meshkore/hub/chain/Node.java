package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What is asked of a node of the chain. What it answers is checked for its form, and not believed
/// further than a block is deep. Thread-safe; calls block and may throw [NodeFailure].
final class Node {
  private static final Pattern QUANTITY = Pattern.compile("0x[0-9a-fA-F]{1,64}");
  private static final Pattern HASH = Pattern.compile("0x[0-9a-fA-F]{64}");
  private static final Pattern DATA = Pattern.compile("0x([0-9a-fA-F]{2})*");
  private static final String LATEST = "latest";
  private static final int REVERTED = 3;

  /// A block.
  ///
  /// @param parent the hash of the block before
  /// @param time its second
  /// @param baseFee what a unit of gas costs in it, in wei
  record Block(long number, String hash, String parent, long time, long baseFee) {}

  /// What became of a transaction in a block.
  record Receipt(boolean isDone, long block, String blockHash, List<Log> logs) {}

  /// What a contract said.
  ///
  /// @param index which it is of all that was said in its block
  record Log(String contract, List<String> topics, String data, String transaction, long index) {

    /// What kind of thing was said, or "": a contract may say something without any topic.
    String kind() {
      return topics.isEmpty() ? "" : topics.getFirst();
    }
  }

  /// What a node says to a transaction. It decides nothing: what counts is what is in a block.
  enum Taken {
    /// It has it now, or had it before.
    YES,
    /// Another with this nonce is in a block.
    LATE,
    /// It wants more for it.
    CHEAP,
    /// It does not take it.
    NO
  }

  /// An answer, and the words for the log where it is no.
  record Sent(Taken taken, String reason) {}

  private final JsonRpc rpc;

  Node(JsonRpc rpc) {
    this.rpc = rpc;
  }

  /// The chain's number.
  long chain() {
    return number("eth_chainId", parameters());
  }

  /// The newest block.
  Block head() {
    return block(LATEST).orElseThrow(() -> new NodeFailure("The chain has no block"));
  }

  /// The block of a number, if the node has it.
  Optional<Block> block(long number) {
    return block(quantity(number));
  }

  /// The block so many before another, whatever branch others are on.
  Block before(Block block, long count) {
    Block found = block;
    for (long i = 0; i < count && found.number() > 0; i++) {
      found =
          block("eth_getBlockByHash", found.parent())
              .orElseThrow(() -> new NodeFailure("The node has not the block before"));
    }
    return found;
  }

  private Optional<Block> block(String which) {
    return block("eth_getBlockByNumber", which);
  }

  private Optional<Block> block(String method, String which) {
    ArrayNode parameters = parameters(which);
    parameters.add(false);
    JsonNode block = result(method, parameters);
    return block.isNull()
        ? Optional.empty()
        : Optional.of(
            new Block(
                small(block.get("number")),
                hash(block.get("hash")),
                hash(block.get("parentHash")),
                small(block.get("timestamp")),
                block.has("baseFeePerGas") ? small(block.get("baseFeePerGas")) : 0));
  }

  /// How many transactions of a sender are in blocks.
  long count(Address sender) {
    return number("eth_getTransactionCount", parameters(sender.text(), LATEST));
  }

  /// How many of a sender are in blocks or wait.
  long pendingCount(Address sender) {
    return number("eth_getTransactionCount", parameters(sender.text(), "pending"));
  }

  /// How many of a sender were in blocks up to this one.
  long countAt(Address sender, Block block) {
    ArrayNode parameters = parameters(sender.text());
    parameters.add(at(block));
    return number("eth_getTransactionCount", parameters);
  }

  /// The ether of an address, in wei.
  BigInteger ether(Address address) {
    return big(result("eth_getBalance", parameters(address.text(), LATEST)));
  }

  /// What is usually given to whoever takes a transaction up, in wei for a unit of gas.
  long tip() {
    return number("eth_maxPriorityFeePerGas", parameters());
  }

  /// How much gas a call takes; empty where it would fail.
  Optional<Long> gas(Address from, Address to, byte[] call) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(request(from, to, call));
    parameters.add(LATEST);
    return switch (rpc.call("eth_estimateGas", parameters)) {
      case JsonRpc.Answer.Result result -> Optional.of(small(result.value()));
      case JsonRpc.Answer.Refusal refusal -> reverted(refusal);
    };
  }

  /// Nothing where the contract refuses; every other refusal says nothing of the contract.
  private static <T> Optional<T> reverted(JsonRpc.Answer.Refusal refusal) {
    String words = refusal.reason().toLowerCase(Locale.ROOT);
    if (refusal.code() == REVERTED || words.contains("revert")) {
      return Optional.empty();
    }
    throw new NodeFailure("The node refuses a call: " + refusal.reason());
  }

  /// What a contract would answer now; empty where it refuses.
  Optional<byte[]> tried(Address from, Address to, byte[] call) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(request(from, to, call));
    parameters.add(LATEST);
    return switch (rpc.call("eth_call", parameters)) {
      case JsonRpc.Answer.Result result -> Optional.of(data(result.value()));
      case JsonRpc.Answer.Refusal refusal -> reverted(refusal);
    };
  }

  /// A word that a contract answers now.
  BigInteger word(Address contract, byte[] call) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(request(contract, contract, call));
    parameters.add(LATEST);
    return word(parameters);
  }

  /// A word that a contract answered as of a block.
  BigInteger wordAt(Address contract, byte[] call, Block block) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(request(contract, contract, call));
    parameters.add(at(block));
    return word(parameters);
  }

  /// So many words, or more, that a contract answered as of a block.
  List<BigInteger> wordsAt(Address contract, byte[] call, int least, Block block) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(request(contract, contract, call));
    parameters.add(at(block));
    return words(parameters, least);
  }

  private BigInteger word(ArrayNode parameters) {
    List<BigInteger> words = words(parameters, 1);
    if (words.size() != 1) {
      throw new NodeFailure("A contract answers in another form");
    }
    return words.getFirst();
  }

  private List<BigInteger> words(ArrayNode parameters, int least) {
    byte[] answer = data(result("eth_call", parameters));
    if (answer.length % Word.BYTES != 0 || answer.length < least * Word.BYTES) {
      throw new NodeFailure("A contract is not at its address");
    }
    var words = new ArrayList<BigInteger>();
    for (int i = 0; i < answer.length; i += Word.BYTES) {
      words.add(new BigInteger(1, answer, i, Word.BYTES));
    }
    return words;
  }

  /// Whether there is a contract at an address, or code that a key has lent it (EIP-7702).
  boolean hasCode(Address address) {
    return data(result("eth_getCode", parameters(address.text(), LATEST))).length > 0;
  }

  /// Hands a transaction over.
  Sent send(byte[] signed) {
    ArrayNode parameters = parameters("0x" + HexFormat.of().formatHex(signed));
    return switch (rpc.call("eth_sendRawTransaction", parameters)) {
      case JsonRpc.Answer.Result _ -> new Sent(Taken.YES, "");
      case JsonRpc.Answer.Refusal refusal -> new Sent(taken(refusal.reason()), refusal.reason());
    };
  }

  /// Nodes have no codes for these, only words.
  private static Taken taken(String reason) {
    String words = reason.toLowerCase(Locale.ROOT);
    if (words.contains("already known") || words.contains("already imported")) {
      return Taken.YES;
    }
    if (words.contains("nonce too low")) {
      return Taken.LATE;
    }
    return words.contains("underpriced") ? Taken.CHEAP : Taken.NO;
  }

  /// What became of a transaction, if it is in a block.
  Optional<Receipt> receipt(String transaction) {
    JsonNode receipt = result("eth_getTransactionReceipt", parameters(transaction));
    if (receipt.isNull() || receipt.path("blockHash").isNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new Receipt(
            small(receipt.get("status")) == 1,
            small(receipt.get("blockNumber")),
            hash(receipt.get("blockHash")),
            logs(receipt.get("logs"))));
  }

  /// Whether a receipt is of a block of the chain. A node that is behind, or on another branch, may
  /// tell of one that is not.
  boolean isInChain(Receipt receipt) {
    return block(receipt.block())
        .filter(block -> block.hash().equals(receipt.blockHash()))
        .isPresent();
  }

  /// What a contract said in some blocks with these topics after the first.
  List<Log> logs(Address contract, long from, long to, List<String> topics) {
    ObjectNode filter = Json.object();
    filter.put("address", contract.text());
    filter.put("fromBlock", quantity(from));
    filter.put("toBlock", quantity(to));
    ArrayNode wanted = filter.putArray("topics");
    wanted.addNull();
    topics.forEach(wanted::add);
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    parameters.add(filter);
    List<Log> logs = logs(result("eth_getLogs", parameters));
    boolean isAsked =
        logs.stream()
            .allMatch(log ->
                log.contract().equals("0x" + contract.hex())
                    && log.topics().size() == topics.size() + 1
                    && log.topics().subList(1, log.topics().size()).equals(topics));
    if (!isAsked) {
      throw new NodeFailure("The node tells of logs that were not asked for");
    }
    return logs;
  }

  private static List<Log> logs(JsonNode json) {
    if (json == null || !json.isArray()) {
      throw new NodeFailure("Logs are no list");
    }
    var logs = new ArrayList<Log>();
    for (JsonNode one : json) {
      var topics = new ArrayList<String>();
      one.path("topics").forEach(topic -> topics.add(hash(topic)));
      logs.add(
          new Log(
              one.path("address").asString("").toLowerCase(Locale.ROOT),
              topics,
              one.path("data").asString(""),
              hash(one.get("transactionHash")),
              small(one.get("logIndex"))));
    }
    return logs;
  }

  private static ObjectNode request(Address from, Address to, byte[] call) {
    ObjectNode request = Json.object();
    request.put("from", from.text());
    request.put("to", to.text());
    request.put("data", "0x" + HexFormat.of().formatHex(call));
    return request;
  }

  /// A block by its hash, so that no node answers of another with its number (EIP-1898).
  private static ObjectNode at(Block block) {
    ObjectNode which = Json.object();
    which.put("blockHash", block.hash());
    return which;
  }

  private static ArrayNode parameters(String... texts) {
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    for (String text : texts) {
      parameters.add(text);
    }
    return parameters;
  }

  private JsonNode result(String method, ArrayNode parameters) {
    return switch (rpc.call(method, parameters)) {
      case JsonRpc.Answer.Result result -> result.value();
      case JsonRpc.Answer.Refusal refusal ->
          throw new NodeFailure(method + ": " + refusal.reason());
    };
  }

  private long number(String method, ArrayNode parameters) {
    return small(result(method, parameters));
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number);
  }

  private static BigInteger big(JsonNode json) {
    String text = json == null ? "" : json.asString("");
    if (!QUANTITY.matcher(text).matches()) {
      throw new NodeFailure("The node answered no number");
    }
    return new BigInteger(text.substring(2), 16);
  }

  private static long small(JsonNode json) {
    BigInteger number = big(json);
    if (number.bitLength() > 62) {
      throw new NodeFailure("The node answered a number that cannot be");
    }
    return number.longValue();
  }

  private static String hash(JsonNode json) {
    String text = json == null ? "" : json.asString("");
    if (!HASH.matcher(text).matches()) {
      throw new NodeFailure("The node answered no hash");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static byte[] data(JsonNode json) {
    String text = json.asString("");
    if (!DATA.matcher(text).matches()) {
      throw new NodeFailure("The node answered no bytes");
    }
    return HexFormat.of().parseHex(text, 2, text.length());
  }
}
