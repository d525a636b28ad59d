package dev.meshkore.hub.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Stands between a hub and its node: calls go unheard, or are done and have no answer, or are
/// answered as of some blocks ago.
public final class FaultyNode implements AutoCloseable {
  /// What happens to a call.
  public enum Fault {
    /// It is done and answered.
    NONE,
    /// The node never hears of it.
    UNHEARD,
    /// The node does it, and nobody hears the answer.
    UNANSWERED
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final Anvil anvil;
  private final HttpServer server;
  private volatile Function<ObjectNode, Fault> faults = _ -> Fault.NONE;
  private volatile int lag;

  /// Stands before a chain.
  public FaultyNode(Anvil anvil) {
    this.anvil = anvil;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /// Where it answers.
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /// Says by a call's method what happens to it.
  public void fail(Function<String, Fault> byMethod) {
    failCalls(call -> byMethod.apply(call.get("method").asString()));
  }

  /// Says by a call, its method and parameters, what happens to it.
  public void failCalls(Function<ObjectNode, Fault> byCall) {
    faults = byCall;
  }

  /// Answers everything from now on, as of so many blocks ago.
  public void heal(int blocksBehind) {
    faults = _ -> Fault.NONE;
    lag = blocksBehind;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      ObjectNode call = (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes());
      Fault fault = faults.apply(call);
      if (fault == Fault.UNHEARD) {
        return;
      }
      byte[] answer = anvil.ask(behind(call).toString().getBytes(StandardCharsets.UTF_8));
      if (fault == Fault.NONE) {
        byte[] told = told(call, answer);
        exchange.sendResponseHeaders(200, told.length);
        exchange.getResponseBody().write(told);
      }
    }
  }

  private long head() {
    String number = anvil.call("eth_blockNumber").asString();
    return Math.max(0, Long.parseLong(number.substring(2), 16) - lag);
  }

  private ObjectNode behind(ObjectNode call) {
    if (lag == 0) {
      return call;
    }
    String text = call.toString().replace("\"latest\"", "\"0x" + Long.toHexString(head()) + "\"");
    return (ObjectNode) JSON.readTree(text);
  }

  /// A node that is behind has no receipt and no block of what comes after.
  private byte[] told(ObjectNode call, byte[] answer) {
    boolean isOfBlock =
        call.get("method").asString().equals("eth_getTransactionReceipt")
            || call.get("method").asString().equals("eth_getBlockByNumber");
    JsonNode result = JSON.readTree(answer).path("result");
    String name = result.has("blockNumber") ? "blockNumber" : "number";
    if (lag == 0 || !isOfBlock || !result.has(name)) {
      return answer;
    }
    boolean isKnown = Long.parseLong(result.get(name).asString().substring(2), 16) <= head();
    ObjectNode nothing = (ObjectNode) JSON.readTree(answer);
    nothing.putNull("result");
    return isKnown ? answer : nothing.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
