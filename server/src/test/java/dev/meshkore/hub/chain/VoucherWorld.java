package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.Verification;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Payers and a seller who use channels, beside what a [ChainWorld] has. What they sign is made
/// here by other code than the hub's, as far as the contract's own digests go.
record VoucherWorld(ChainWorld world) {
  static final GasKey SELLER = ChainWorld.key(50);
  static final GasKey AUTHORIZER = ChainWorld.key(51);
  static final long DELAY = 900;

  /// A channel of a payer, told apart by a number.
  static Channel channel(GasKey payer, int salt) {
    return new Channel(
        payer.address(),
        payer.address(),
        SELLER.address(),
        AUTHORIZER.address(),
        Anvil.DOLLAR,
        DELAY,
        Word.of(salt));
  }

  static byte[] id(Channel channel) {
    return channel.id(ChainWorld.ESCROW);
  }

  static byte[] ceiling(GasKey signer, Channel channel, long ceiling) {
    byte[] type = Word.of("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
    return sign(signer, Keccak.hash(type, id(channel), Word.of(ceiling)));
  }

  private static byte[] sign(GasKey signer, byte[] hash) {
    return signer.sign(ChainWorld.ESCROW.digest(hash));
  }

  /// What a seller offers.
  static Requirements required(long amount) {
    ObjectNode extra = Json.object();
    extra.put("name", "USDC").put("version", "2");
    extra.put("receiverAuthorizer", AUTHORIZER.address().text()).put("withdrawDelay", DELAY);
    return new Requirements(
        "batch-settlement",
        "eip155:84532",
        Long.toString(amount),
        Anvil.DOLLAR.text(),
        SELLER.address().text(),
        3_600,
        extra);
  }

  /// As a channel manager asks, who offers nothing.
  static Requirements managed() {
    Requirements offered = required(0);
    return new Requirements(
        offered.scheme(),
        offered.network(),
        "0",
        offered.asset(),
        offered.payTo(),
        0,
        Json.object());
  }

  static ObjectNode json(Channel channel) {
    ObjectNode json = Json.object();
    json.put("payer", channel.payer().text());
    json.put("payerAuthorizer", channel.payerAuthorizer().text());
    json.put("receiver", channel.receiver().text());
    json.put("receiverAuthorizer", channel.receiverAuthorizer().text());
    json.put("token", channel.token().text());
    json.put("withdrawDelay", channel.withdrawDelay());
    json.put("salt", hex(channel.salt()));
    return json;
  }

  static ObjectNode payment(ObjectNode payload) {
    ObjectNode payment = Json.object();
    payment.put("x402Version", 2);
    payment.putObject("accepted").put("scheme", "batch-settlement").put("network", "eip155:84532");
    payment.set("payload", payload);
    return payment;
  }

  /// A voucher by the payer, of a type of payload.
  static ObjectNode voucher(String type, GasKey signer, Channel channel, long ceiling) {
    ObjectNode payload = Json.object();
    payload.put("type", type);
    payload.set("channelConfig", json(channel));
    payload
        .putObject("voucher")
        .put("channelId", hex(id(channel)))
        .put("maxClaimableAmount", Long.toString(ceiling))
        .put("signature", hex(ceiling(signer, channel, ceiling)));
    return payload;
  }

  /// A deposit that counts for so many seconds.
  ObjectNode deposit(
      GasKey payer, Channel channel, long atoms, long ceiling, int salt, long seconds) {
    long before = world.anvil.now() + seconds;
    byte[] nonce = Keccak.hash(id(channel), Word.of(salt));
    var signed =
        new Authorization(
            payer.address(),
            Anvil.COLLECTOR,
            BigInteger.valueOf(atoms),
            BigInteger.ZERO,
            BigInteger.valueOf(before),
            hex(nonce));
    ObjectNode payload = voucher("deposit", payer, channel, ceiling);
    ObjectNode deposit = payload.putObject("deposit");
    deposit.put("amount", Long.toString(atoms));
    deposit
        .putObject("authorization")
        .putObject("erc3009Authorization")
        .put("validAfter", "0")
        .put("validBefore", Long.toString(before))
        .put("salt", hex(Word.of(salt)))
        .put("signature", hex(payer.sign(signed.receiveDigest(ChainWorld.DOMAIN))));
    return payload;
  }

  ObjectNode deposit(GasKey payer, Channel channel, long atoms, long ceiling, int salt) {
    return deposit(payer, channel, atoms, ceiling, salt, 3_600);
  }

  /// One of what is claimed.
  static Channel.Claim entry(GasKey signer, Channel channel, long ceiling, long total) {
    return new Channel.Claim(
        channel,
        BigInteger.valueOf(ceiling),
        ceiling(signer, channel, ceiling),
        BigInteger.valueOf(total));
  }

  static ObjectNode claim(GasKey authorizer, List<Channel.Claim> claims) {
    ObjectNode payload = Json.object();
    payload.put("type", "claim");
    list(payload.putArray("claims"), claims);
    payload.put("claimAuthorizerSignature", hex(signed(authorizer, claims)));
    return payload;
  }

  private static void list(ArrayNode array, List<Channel.Claim> claims) {
    for (Channel.Claim one : claims) {
      ObjectNode json = array.addObject();
      ObjectNode voucher = json.putObject("voucher");
      voucher.set("channel", json(one.channel()));
      voucher.put("maxClaimableAmount", one.ceiling().toString());
      json.put("signature", hex(one.signature()));
      json.put("totalClaimed", one.total().toString());
    }
  }

  private static byte[] signed(GasKey authorizer, List<Channel.Claim> claims) {
    String entry = "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
    byte[][] hashes =
        claims.stream()
            .map(one ->
                Keccak.hash(
                    Word.of(entry),
                    id(one.channel()),
                    Word.of(one.ceiling()),
                    Word.of(one.total())))
            .toArray(byte[][]::new);
    byte[] batch = Word.of("ClaimBatch(ClaimEntry[] claims)" + entry);
    return sign(authorizer, Keccak.hash(batch, Keccak.hash(hashes)));
  }

  static ObjectNode settle() {
    ObjectNode payload = Json.object();
    payload.put("type", "settle");
    payload.put("receiver", SELLER.address().text());
    payload.put("token", Anvil.DOLLAR.text());
    return payload;
  }

  /// A refund as a seller hands it in.
  static ObjectNode refund(
      GasKey payer,
      Channel channel,
      long ceiling,
      long atoms,
      long nonce,
      List<Channel.Claim> own) {
    ObjectNode payload = voucher("refund", payer, channel, ceiling);
    payload.put("amount", Long.toString(atoms));
    payload.put("refundNonce", Long.toString(nonce));
    list(payload.putArray("claims"), own);
    byte[] type = Word.of("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
    byte[] hash = Keccak.hash(type, id(channel), Word.of(nonce), Word.of(atoms));
    payload.put("refundAuthorizerSignature", hex(sign(AUTHORIZER, hash)));
    if (!own.isEmpty()) {
      payload.put("claimAuthorizerSignature", hex(signed(AUTHORIZER, own)));
    }
    return payload;
  }

  /// Settles while blocks are made.
  Settlement settled(ObjectNode payload, Requirements required) {
    CompletableFuture<Settlement> told =
        CompletableFuture.supplyAsync(() -> world.vouchers.settle(payment(payload), required));
    while (!told.isDone()) {
      if (world.isAnyOpen()) {
        world.go(1);
      }
    }
    return told.join();
  }

  /// Hands something in and waits for nothing; why it is not taken on, or "". A node that cannot be
  /// asked is a reason, too.
  String handIn(ObjectNode payload) {
    try {
      return handIn(VoucherPayload.read(payload).orElseThrow());
    } catch (NodeFailure failure) {
      return String.valueOf(failure.getMessage());
    }
  }

  private String handIn(VoucherPayload payload) {
    VoucherOrders orders = world.orders;
    return switch (payload) {
      case VoucherPayload.Deposit one ->
          handedIn(new VoucherOrders.Wanted.New(orders.deposit(one)));
      case VoucherPayload.Claims one -> handedIn(orders.claim(one, managed()));
      case VoucherPayload.Settle one -> handedIn(orders.settle(one, managed()));
      case VoucherPayload.Refund one -> handedIn(orders.refund(one, managed()));
      default -> throw new AssertionError("Nothing that is handed in");
    };
  }

  private String handedIn(VoucherOrders.Wanted wanted) {
    return switch (wanted) {
      case VoucherOrders.Wanted.New one -> handedIn(one.order());
      case VoucherOrders.Wanted.Not not -> not.reason();
      case VoucherOrders.Wanted.Known _, VoucherOrders.Wanted.Done _ -> "";
    };
  }

  private String handedIn(Order order) {
    Asker asker = Asker.of(Json.object(), Json.object(), new SecureRandom());
    return switch (world.settler.handIn(order, asker)) {
      case Settler.HandedIn.New _, Settler.HandedIn.Known _ -> "";
      case Settler.HandedIn.Not not -> not.reason();
    };
  }

  /// "" or why it is not.
  String refusal(ObjectNode payload, Requirements required) {
    return settled(payload, required).reason();
  }

  String seen(ObjectNode payload) {
    return seen(payload, required(1));
  }

  String seen(ObjectNode payload, Requirements required) {
    return switch (world.vouchers.verify(payment(payload), required)) {
      case Verification.Valid _ -> "";
      case Verification.Invalid invalid -> invalid.reason();
    };
  }

  /// What the contract says: balance and claimed.
  BigInteger word(byte[] call, int word) {
    String answer =
        world
            .anvil
            .call(
                "eth_call",
                java.util.Map.of("to", Anvil.ESCROW.text(), "data", hex(call)),
                "latest")
            .asString();
    return new BigInteger(answer.substring(2 + 64 * word, 2 + 64 * (word + 1)), 16);
  }

  long balance(Channel channel) {
    return word(Anvil.function("channels(bytes32)", id(channel)), 0).longValueExact();
  }

  long claimed(Channel channel) {
    return word(Anvil.function("channels(bytes32)", id(channel)), 1).longValueExact();
  }

  /// How much the seller has claimed in all, or was paid of it.
  long receivedOrClaimed(int word) {
    byte[] seller = Word.of(SELLER.address());
    return word(Anvil.function("receivers(address,address)", seller, Word.of(Anvil.DOLLAR)), word)
        .longValueExact();
  }

  /// The payer begins to take money back alone.
  void withdraw(Channel channel, long atoms) {
    String function =
        "initiateWithdraw((address,address,address,address,address,uint40,bytes32),uint128)";
    byPayer(channel, Anvil.function(function, channel.words(), Word.of(atoms)));
  }

  void finishWithdrawal(Channel channel) {
    String function = "finalizeWithdraw((address,address,address,address,address,uint40,bytes32))";
    byPayer(channel, Anvil.function(function, channel.words()));
  }

  private void byPayer(Channel channel, byte[] call) {
    Address payer = channel.payer();
    world.anvil.giveEther(payer, BigInteger.TEN.pow(18));
    world.anvil.call("anvil_impersonateAccount", payer.text());
    world.anvil.send(payer, Anvil.ESCROW, call);
    world.anvil.mine(1);
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
