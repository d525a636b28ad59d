package dev.meshkore.hub.testing;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A chain of its own on loopback, of the number of Base Sepolia, with the test dollar where Circle
/// has its own there. Blocks are made when the test says so, two seconds apart by the chain's own
/// time, or each second by the clock.
public final class Anvil implements AutoCloseable {
  /// Where the dollar is.
  public static final Address DOLLAR = new Address("036cbd53842c5426634e7929541ec2318f3dcf7e");

  /// Where the escrow of vouchers is.
  public static final Address ESCROW = new Address("4020074e9df2ce1dee5a9c1b5c3f541d02a10003");

  /// Where deposits for it are taken.
  public static final Address COLLECTOR = new Address("4020806089470a89826cb9fb1f4059150b550004");

  /// Where the escrow of jobs is.
  public static final Address JOB_ESCROW = new Address("bdea0d1bcc5966192b070fdf62ab4ef5b4420cff");

  /// Where payments for it are taken.
  public static final Address PAYMENT_COLLECTOR =
      new Address("0e3df9510de65469c4518d7843919c0b8c7a7757");

  /// An account with ether, whose key every local chain knows.
  public static final Address MINTER = new Address("f39fd6e51aad88f6f4ce6ab8827279cfffb92266");

  /// The chain's number.
  public static final long CHAIN = 84_532;

  private static final Path FOLDER = Path.of("../interop/evm");
  private static final List<String> PROGRAMS =
      List.of(
          "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil",
          "node_modules/@foundry-rs/anvil-linux-arm64/bin/anvil",
          "node_modules/.bin/anvil");
  private static final AtomicBoolean IS_MISSED = new AtomicBoolean();
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ANNOUNCEMENT = "Listening on ";
  private static final long BLOCK_SECONDS = 2;

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;
  private long now;

  private Anvil(Process process, URI url, long now) {
    this.process = process;
    this.url = url;
    this.now = now;
  }

  /// Starts a chain whose blocks are made by [#mine]; empty where anvil is not installed.
  public static Optional<Anvil> manual() {
    long begin = 1_800_000_000;
    return started(begin, "--no-mining", "--timestamp", Long.toString(begin));
  }

  /// Starts a chain that makes a block each second by itself; empty where anvil is not installed.
  public static Optional<Anvil> ticking() {
    return started(0, "--block-time", "1");
  }

  private static Optional<Anvil> started(long begin, String... options) {
    Optional<Path> program = program();
    if (program.isEmpty()) {
      if (!IS_MISSED.getAndSet(true)) {
        System.err.println(
            "anvil is not installed (interop/evm/install); the tests of payments on a chain are"
                + " left out");
      }
      return Optional.empty();
    }
    var command = new ArrayList<>(List.of(program.get().toString(), "--host", "127.0.0.1"));
    command.addAll(List.of("--port", "0", "--chain-id", Long.toString(CHAIN), "--accounts", "1"));
    command.addAll(List.of(options));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      BufferedReader log = process.inputReader();
      URI url = url(log);
      Thread.ofVirtual().start(() -> log.lines().forEach(_ -> {}));
      var anvil = new Anvil(process, url, begin);
      anvil.etch(DOLLAR, "TestDollar.hex");
      anvil.etch(ESCROW, "TestBatchSettlement.hex");
      anvil.etch(COLLECTOR, "TestDepositCollector.hex");
      anvil.etch(JOB_ESCROW, "TestAuthCapture.hex");
      anvil.etch(PAYMENT_COLLECTOR, "TestPaymentCollector.hex");
      return Optional.of(anvil);
    } catch (IOException failure) {
      throw new UncheckedIOException("anvil is installed but does not start", failure);
    }
  }

  private void etch(Address where, String file) throws IOException {
    call("anvil_setCode", where.text(), Files.readString(FOLDER.resolve(file)).strip());
  }

  private static Optional<Path> program() {
    String named = System.getProperty("evm.anvil");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return PROGRAMS.stream().map(FOLDER::resolve).filter(Files::isExecutable).findFirst();
  }

  private static URI url(BufferedReader log) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.startsWith(ANNOUNCEMENT)) {
        return URI.create("http://" + line.substring(ANNOUNCEMENT.length()).strip());
      }
    }
    throw new IOException("anvil ended");
  }

  /// Where it answers.
  public URI url() {
    return url;
  }

  /// The second of its newest block, where blocks are made by [#mine].
  public long now() {
    return now;
  }

  /// Asks it something; what it refuses is an error of the test.
  public JsonNode call(String method, Object... parameters) {
    JsonNode answer = JSON.readTree(ask(body(method, parameters)));
    if (answer.has("error")) {
      throw new IllegalStateException(method + ": " + answer.get("error"));
    }
    return answer.get("result");
  }

  private static byte[] body(String method, Object... parameters) {
    return JSON.writeValueAsBytes(
        Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", Arrays.asList(parameters)));
  }

  /// Its answer to the body of a request.
  public byte[] ask(byte[] body) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the chain worked");
    }
  }

  /// Makes so many blocks of what waits.
  public void mine(int blocks) {
    for (int i = 0; i < blocks; i++) {
      pass(BLOCK_SECONDS);
      call("evm_setNextBlockTimestamp", now);
      call("evm_mine");
    }
  }

  /// Lets the chain's time go on; the next block is later by so much.
  public void pass(long seconds) {
    now += seconds;
  }

  /// Replaces so many of the newest blocks by others with nothing in them; what was in them is gone
  /// from the node, too.
  public void reorganise(int depth) {
    call("anvil_reorg", depth, List.of());
  }

  /// Makes dollars for somebody.
  public void mint(Address to, long atoms) {
    byte[] call = function("mint(address,uint256)", Word.of(to), Word.of(atoms));
    send(MINTER, DOLLAR, call);
    if (now > 0) {
      mine(1);
    } else {
      call("evm_mine");
    }
  }

  /// Has an account that the node has the key of call a contract; the answer is the transaction.
  public String send(Address from, Address to, byte[] call) {
    var request = new HashMap<String, String>();
    request.put("from", from.text());
    request.put("to", to.text());
    request.put("data", hex(call));
    // Said, so that it is taken even if it will fail or blocks are dear.
    request.put("gas", "0x61a80");
    request.put("maxFeePerGas", "0x174876e800");
    request.put("maxPriorityFeePerGas", "0x3b9aca00");
    return call("eth_sendTransaction", request).asString();
  }

  /// Gives an address ether.
  public void giveEther(Address to, BigInteger wei) {
    call("anvil_setBalance", to.text(), "0x" + wei.toString(16));
  }

  /// What x402 requires of whoever pays so many atoms on this chain, within an hour.
  public static ObjectNode required(long atoms, Address payTo) {
    ObjectNode required = JSON.createObjectNode();
    required.put("scheme", "exact");
    required.put("network", "eip155:" + CHAIN);
    required.put("amount", Long.toString(atoms));
    required.put("asset", DOLLAR.text());
    required.put("payTo", payTo.text());
    required.put("maxTimeoutSeconds", 3_600);
    required.putObject("extra").put("name", "USDC").put("version", "2");
    return required;
  }

  /// How many dollars somebody has, in atoms.
  public long balance(Address of) {
    return read(function("balanceOf(address)", Word.of(of))).longValueExact();
  }

  /// Whether a nonce of an authorization was used or canceled.
  public boolean isUsed(Address of, String nonce) {
    byte[] call =
        function(
            "authorizationState(address,bytes32)",
            Word.of(of),
            HexFormat.of().parseHex(nonce, 2, 66));
    return read(call).signum() != 0;
  }

  private BigInteger read(byte[] call) {
    Map<String, String> request = Map.of("to", DOLLAR.text(), "data", hex(call));
    return new BigInteger(call("eth_call", request, "latest").asString().substring(2), 16);
  }

  /// A call of a function with arguments of 32 bytes.
  public static byte[] function(String name, byte[]... words) {
    var call = new ByteArrayOutputStream();
    call.write(Keccak.hash(name.getBytes(StandardCharsets.UTF_8)), 0, 4);
    for (byte[] word : words) {
      call.writeBytes(word);
    }
    return call.toByteArray();
  }

  private static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  /// Ends it, and what it has started.
  @Override
  public void close() {
    http.shutdownNow();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      children.forEach(ProcessHandle::destroyForcibly);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
