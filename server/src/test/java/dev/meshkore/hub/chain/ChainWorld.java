package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.SignedPayment;
import fr.acinq.secp256k1.Secp256k1;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A chain, a node that may fail, and what settles on it, with a database that outlives restarts.
/// Its clock is the chain's.
final class ChainWorld implements AutoCloseable {
  static final SignDomain DOMAIN = new SignDomain("USDC", "2", Anvil.CHAIN, Anvil.DOLLAR);
  static final SignDomain ESCROW = ChainSettings.escrow(Anvil.CHAIN, Anvil.ESCROW);
  static final Address SELLER = new Address("209693bc6afc0c5328ba36faf03c514ef312287c");
  static final int CONFIRMATIONS = 3;
  static final int PER_HOUR = 1_000;
  static final Duration STUCK = Duration.ofSeconds(30);

  private static final AtomicInteger NONCES = new AtomicInteger();

  final Anvil anvil;
  final FaultyNode node;
  final InstantSource clock;
  final GasKey gasKey = key(99);
  private final DatabaseUrl url;
  private final int perHour;
  Database database;
  Settler settler;
  Following following;
  Waiting waiting;
  EvmRail rail;
  VoucherRail vouchers;
  VoucherOrders orders;
  Custody custody;
  CustodyDesk desk;
  SomeRules rules;
  private JsonRpc rpc;

  ChainWorld(Anvil anvil, DatabaseUrl url) {
    this(anvil, url, PER_HOUR);
  }

  /// Where the hub pays for so many transactions an hour.
  ChainWorld(Anvil anvil, DatabaseUrl url, int perHour) {
    this.perHour = perHour;
    this.anvil = anvil;
    this.node = new FaultyNode(anvil);
    this.clock = () -> Instant.ofEpochSecond(anvil.now());
    this.url = url;
    anvil.mine(1);
    anvil.giveEther(gasKey.address(), BigInteger.TEN.pow(18));
    open();
  }

  private void open() {
    var settings =
        new ChainSettings(
            node.url(),
            DOMAIN,
            ESCROW,
            Anvil.COLLECTOR,
            new ChainSettings.Capturing(Anvil.JOB_ESCROW, Anvil.PAYMENT_COLLECTOR, null),
            Path.of("unused"),
            CONFIRMATIONS,
            STUCK,
            100_000_000_000L,
            1,
            perHour,
            Duration.ofSeconds(20));
    database = Database.open(url, System::nanoTime, () -> {});
    rules = new SomeRules(database, clock);
    var parts =
        new ChainParts(
            database,
            new Audit(clock, new SecureRandom()),
            rules,
            clock,
            System::nanoTime,
            new SecureRandom());
    rpc = new JsonRpc(node.url());
    var asked = new Node(rpc);
    settler = new Settler(parts, settings, asked, gasKey);
    waiting = new Waiting(parts, settings, settler.rows());
    waiting.begin();
    following = new Following(parts, settings, asked, settler, waiting);
    rail = new EvmRail(parts, settings, asked, gasKey, settler, waiting);
    custody = new Custody(parts, settings, gasKey, asked, settler);
    desk = new CustodyDesk(parts, settings, gasKey, asked, settler);
    orders = new VoucherOrders(parts, settings, asked, gasKey, settler);
    vouchers = new VoucherRail(parts, settings, asked, gasKey, settler, waiting);
  }

  /// Ends the hub where it is, and starts it again.
  void restart() {
    stop();
    node.heal(0);
    open();
  }

  private void stop() {
    rpc.close();
    database.close();
  }

  /// A key by number, of people and of the hub.
  static GasKey key(int number) {
    byte[] secret = Word.of(number + 1_000L);
    assertThat(Secp256k1.get().secKeyVerify(secret)).isTrue();
    return GasKey.of(secret);
  }

  /// What somebody signs, that counts for a minute.
  Authorization signedFor(GasKey payer, long atoms) {
    return new Authorization(
        payer.address(),
        SELLER,
        BigInteger.valueOf(atoms),
        BigInteger.valueOf(anvil.now() - 600),
        BigInteger.valueOf(anvil.now() + 60),
        "0x%064x".formatted(NONCES.incrementAndGet()));
  }

  static byte[] sign(GasKey payer, Authorization one) {
    return payer.sign(one.transferDigest(DOMAIN));
  }

  static SignedPayment payment(GasKey payer, Authorization one) {
    return payment(one, sign(payer, one));
  }

  static SignedPayment payment(Authorization one, byte[] signature) {
    return new SignedPayment(2, "exact", "eip155:84532", one, signature, Json.object());
  }

  static Requirements required(Authorization one) {
    return new Requirements(
        "exact",
        "eip155:84532",
        one.value().toString(),
        Anvil.DOLLAR.text(),
        one.to().text(),
        60,
        Json.object());
  }

  /// What the hub is to hand in.
  static Order order(GasKey payer, Authorization one) {
    return Order.payment(Anvil.DOLLAR, one, sign(payer, one));
  }

  /// The seller, in a request of its own.
  static Asker asker(GasKey payer, Authorization one) {
    return Asker.of(payment(payer, one), required(one), new SecureRandom());
  }

  private Gate gate(Authorization one) {
    return settler.counting().gate(one.from(), one.nonce(), one.to(), one.value());
  }

  Settling handIn(GasKey payer, Authorization one) {
    return switch (settler.handIn(order(payer, one), asker(payer, one), gate(one))) {
      case Settler.HandedIn.New handed -> handed.settling();
      case Settler.HandedIn.Known known -> known.settling();
      case Settler.HandedIn.Not not -> throw new AssertionError(not.reason());
    };
  }

  /// Hands one in, whatever comes of it. Where the node cannot be asked, nothing new is stored.
  void handInQuietly(GasKey payer, Authorization one) {
    boolean wasKnown = row(one).isPresent();
    try {
      settler.handIn(order(payer, one), asker(payer, one), gate(one));
    } catch (NodeFailure _) {
      assertThat(row(one).isPresent()).isEqualTo(wasKnown);
    }
  }

  Optional<Settling> row(Authorization one) {
    return settler.known(one.from(), one.nonce());
  }

  State state(Authorization one) {
    return row(one).orElseThrow().state();
  }

  List<Settling.Attempt> attempts(Authorization one) {
    long number = row(one).orElseThrow().number();
    return database.read(reader -> settler.rows().attempts(reader, number));
  }

  /// Whether anything is on the way.
  boolean isAnyOpen() {
    return database.read(reader -> settler.rows().open(reader, 0, 1_000)).stream()
        .anyMatch(one -> one.state().isOpen());
  }

  /// How many transactions the hub has signed for, by their places.
  long placesTaken() {
    return database.read(reader -> settler.rows().placesSince(reader, 0)).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /// Takes a payment in whose money is gone before its transaction is in a block.
  void failInItsBlock(GasKey payer, Authorization one) {
    node.fail(method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
    handInQuietly(payer, one);
    Authorization elsewhere = signedFor(payer, anvil.balance(payer.address()));
    byStranger(elsewhere, sign(payer, elsewhere));
    anvil.mine(1);
    node.heal(0);
    go(5);
  }

  /// Makes blocks, and looks at the chain after each.
  void go(int blocks) {
    for (int i = 0; i < blocks; i++) {
      anvil.mine(1);
      following.look();
      desk.look();
    }
  }

  /// Somebody who is not the hub hands an authorization in.
  void byStranger(Authorization one, byte[] signature) {
    anvil.send(Anvil.MINTER, Anvil.DOLLAR, TokenCalls.move(one, signature));
  }

  /// Somebody who is not the hub has several authorizations be used in one transaction.
  void byStrangerTogether(List<byte[]> calls) {
    var code = new ByteArrayOutputStream();
    var all = new ByteArrayOutputStream();
    for (byte[] call : calls) {
      String size = "61%04x".formatted(call.length);
      String offset = "61%04x".formatted(all.size());
      // Copies its part of what it is called with, and calls the token with that.
      String copied = size + offset + "600037";
      String called = "60006000" + size + "6000600073" + Anvil.DOLLAR.hex() + "5af150";
      code.writeBytes(HexFormat.of().parseHex(copied + called));
      all.writeBytes(call);
    }
    var caller = new Address("00000000000000000000000000000000000ca11e");
    anvil.call("anvil_setCode", caller.text(), "0x" + HexFormat.of().formatHex(code.toByteArray()));
    anvil.send(Anvil.MINTER, caller, all.toByteArray());
  }

  /// The payer takes an authorization back.
  void cancel(GasKey payer, Authorization one) {
    byte[] type = Word.of("CancelAuthorization(address authorizer,bytes32 nonce)");
    byte[] nonce = Word.readBytes(one.nonce()).orElseThrow();
    byte[] hash = dev.meshkore.hub.evm.Keccak.hash(type, Word.of(one.from()), nonce);
    byte[] signature = payer.sign(DOMAIN.digest(hash));
    byte[] call =
        Anvil.function(
            "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)",
            Word.of(one.from()),
            nonce,
            Word.of(signature[64] & 0xff),
            Arrays.copyOf(signature, 32),
            Arrays.copyOfRange(signature, 32, 64));
    anvil.send(Anvil.MINTER, Anvil.DOLLAR, call);
  }

  /// A signature that says the same and does not count: the other of two.
  static byte[] mirrored(byte[] signature) {
    var order =
        new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    var s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    byte[] other = Arrays.copyOf(signature, 65);
    System.arraycopy(Word.of(order.subtract(s)), 0, other, 32, 32);
    other[64] = (byte) (signature[64] == 27 ? 28 : 27);
    return other;
  }

  static byte[] withV(byte[] signature, int v) {
    byte[] other = signature.clone();
    other[64] = (byte) v;
    return other;
  }

  @Override
  public void close() {
    stop();
    node.close();
  }
}
