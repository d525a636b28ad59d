package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Payers, receivers and what they agree on, beside what a [ChainWorld] has. What is signed is made
/// here by other code than the hub's.
record CustodyWorld(ChainWorld world) {
  static final Address RECEIVER = ChainWorld.key(60).address();
  static final Address FEES = ChainWorld.key(61).address();
  static final long FEE_BPS = 350;
  static final String ABOUT = "job_one";

  private static final String INFO =
      "(address,address,address,address,uint120,uint48,uint48,uint48,uint16,uint16,address,"
          + "uint256)";

  Custody.Deal deal(GasKey payer, long atoms, long seconds) {
    return new Custody.Deal(
        Anvil.JOB_ESCROW,
        world.gasKey.address(),
        payer.address(),
        RECEIVER,
        FEES,
        FEE_BPS,
        atoms,
        world.anvil.now() + seconds);
  }

  /// What a payer signs for a deal, that counts for so many seconds.
  ObjectNode signed(GasKey payer, Custody.Deal deal, int salt, long seconds) {
    long before = world.anvil.now() + seconds;
    String nonce = hex(hash(deal, before, salt, new Address("0".repeat(40))));
    var one =
        new Authorization(
            payer.address(),
            Anvil.PAYMENT_COLLECTOR,
            BigInteger.valueOf(deal.atoms()),
            BigInteger.ZERO,
            BigInteger.valueOf(before),
            nonce);
    ObjectNode payment = Json.object();
    payment.put("x402Version", 2);
    ObjectNode payload = payment.putObject("payload");
    payload
        .putObject("authorization")
        .put("from", one.from().text())
        .put("to", one.to().text())
        .put("value", one.value().toString())
        .put("validAfter", "0")
        .put("validBefore", Long.toString(before))
        .put("nonce", nonce);
    payload.put("signature", hex(payer.sign(one.receiveDigest(ChainWorld.DOMAIN))));
    payload.put("salt", hex(Word.of(salt)));
    return payment;
  }

  private static byte[] hash(Custody.Deal deal, long before, int salt, Address payer) {
    byte[] type =
        Word.of(
            "PaymentInfo(address operator,address payer,address receiver,address token,"
                + "uint120 maxAmount,uint48 preApprovalExpiry,uint48 authorizationExpiry,"
                + "uint48 refundExpiry,uint16 minFeeBps,uint16 maxFeeBps,address feeReceiver,"
                + "uint256 salt)");
    byte[] info = Keccak.hash(type, words(deal, before, salt, payer));
    return Keccak.hash(Word.of(Anvil.CHAIN), Word.of(Anvil.JOB_ESCROW), info);
  }

  private static byte[] words(Custody.Deal deal, long before, int salt, Address payer) {
    return Rlp.joined(
        Word.of(deal.operator()),
        Word.of(payer),
        Word.of(deal.receiver()),
        Word.of(Anvil.DOLLAR),
        Word.of(deal.atoms()),
        Word.of(before),
        Word.of(deal.deadline()),
        Word.of(deal.deadline()),
        Word.of(deal.feeBps()),
        Word.of(deal.feeBps()),
        Word.of(deal.feeReceiver()),
        Word.of(salt));
  }

  Custody.Checked check(Custody.Deal deal, ObjectNode payment) {
    return world.custody.check(deal, ABOUT, payment);
  }

  /// "" or why the money would not go in.
  String refusal(Custody.Deal deal, ObjectNode payment) {
    return switch (check(deal, payment)) {
      case Custody.Checked.Fine _ -> "";
      case Custody.Checked.Wrong wrong -> wrong.reason();
    };
  }

  /// Orders that it goes in; its payment.
  String order(Custody.Deal deal, ObjectNode payment) {
    if (check(deal, payment) instanceof Custody.Checked.Fine fine) {
      var _ = world.database.write(open -> world.custody.authorize(open, fine.signed()));
      return fine.signed().payment();
    }
    throw new AssertionError(refusal(deal, payment));
  }

  void capture(String payment, long atoms) {
    var _ =
        world.database.write(open -> {
          world.custody.capture(open, payment, atoms);
          return true;
        });
  }

  void cancel(String payment) {
    var _ =
        world.database.write(open -> {
          world.custody.cancel(open, payment);
          return true;
        });
  }

  /// What became of all that was ordered, such as `capture done`.
  List<String> told() {
    return world.database.read(reader -> world.custody.about(reader, ABOUT)).stream()
        .map(one -> (one.what().word() + " " + one.progress().word() + " " + one.reason()).strip())
        .toList();
  }

  boolean isAnyWanted() {
    return world.database.read(
            reader -> reader.number("SELECT COUNT(*) FROM chain_order WHERE state = 'wanted'", 0))
        > 0;
  }

  /// Makes blocks until all is decided.
  void finish() {
    for (int i = 0; i < 120 && isAnyWanted(); i++) {
      // What was put off is due again soon, by the chain's clock.
      world.anvil.pass(10);
      world.go(1);
    }
  }

  /// What the contract has of a payment: 1 what is left, 2 what was captured.
  long inEscrow(String payment, int word) {
    byte[] call = Anvil.function("paymentState(bytes32)", HexFormat.of().parseHex(payment));
    String answer =
        world
            .anvil
            .call("eth_call", Map.of("to", Anvil.JOB_ESCROW.text(), "data", hex(call)), "latest")
            .asString();
    return new BigInteger(answer.substring(2 + 64 * word, 2 + 64 * (word + 1)), 16)
        .longValueExact();
  }

  /// The payer takes back what is left, without the hub.
  void reclaim(GasKey payer, Custody.Deal deal, ObjectNode payment) {
    long before = Long.parseLong(payment.at("/payload/authorization/validBefore").asString());
    int salt = new BigInteger(payment.at("/payload/salt").asString().substring(2), 16).intValue();
    world.anvil.giveEther(payer.address(), BigInteger.TEN.pow(18));
    world.anvil.call("anvil_impersonateAccount", payer.address().text());
    byte[] call =
        Anvil.function("reclaim(" + INFO + ")", words(deal, before, salt, payer.address()));
    world.anvil.send(payer.address(), Anvil.JOB_ESCROW, call);
    world.anvil.mine(1);
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
