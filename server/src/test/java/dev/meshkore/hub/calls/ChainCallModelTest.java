package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.chain.GasOf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ChainHub;
import dev.meshkore.hub.testing.FaultyNode;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.Wallet;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Random histories of calls that a chain pays: buyers that pay, ask again and take their money
/// away; sellers that answer, decline and are silent; a node that is not heard; hubs that end and
/// start again. Each call whose answer somebody got is paid once to the seller's address, and
/// nothing else is. `-Dchain.calls=` plays so many histories.
final class ChainCallModelTest {
  private static final int HISTORIES = 12;
  private static final int STEPS = 14;
  private static final AtomicInteger WALLETS = new AtomicInteger(1_000);

  @TempDir private Path folder;

  /// What the model knows of a call.
  private static final class Known {
    final String signed;
    final String nonce;
    final String input;
    final Wallet wallet;
    String id = "";

    Known(String signed, String nonce, String input, Wallet wallet) {
      this.signed = signed;
      this.nonce = nonce;
      this.input = input;
      this.wallet = wallet;
    }
  }

  @Test
  void everyAnswerIsPaidOnceAndNothingElse() throws Exception {
    List<Map<String, String>> databases = List.copyOf(TestDatabase.settings());
    int times = Integer.getInteger("chain.calls", HISTORIES);
    Optional<Anvil> started = Anvil.ticking();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil anvil = started.get()) {
      for (int i = 0; i < databases.size(); i++) {
        Path data = Files.createDirectory(folder.resolve("d" + i));
        int share = Math.ceilDiv(times, databases.size());
        try (var world = new World(anvil, databases.get(i), data)) {
          Seeds.forAll(share, world::history);
        }
      }
    }
  }

  /// A hub that ends and starts again over its data, and those who use it.
  private static final class World implements AutoCloseable {
    private final Anvil anvil;
    private final FaultyNode node;
    private final Map<String, String> settings;
    private final String service;
    private final String key;
    private final HashSet<String> transactions = new HashSet<>();
    private TestHub hub;
    private ChainShop shop;

    World(Anvil anvil, Map<String, String> database, Path data) {
      this.anvil = anvil;
      this.node = new FaultyNode(anvil);
      this.settings = new HashMap<>(ChainHub.settings(anvil, database));
      settings.put("evm-rpc", node.url().toString());
      settings.put("data", data.toString());
      this.hub = TestHub.start(settings);
      anvil.giveEther(GasOf.hub(data), BigInteger.TEN.pow(18));
      this.shop = new ChainShop(anvil, hub);
      this.service = shop.service;
      this.key = shop.seller.key();
    }

    private void restart() {
      hub.close();
      hub = TestHub.start(settings);
      shop = new ChainShop(anvil, hub, Caller.of(hub, "seller", key), service);
    }

    void history(SplittableRandom random) {
      node.heal(0);
      long before = shop.till();
      var wallets = new ArrayList<Wallet>();
      for (int i = 0; i < 3; i++) {
        Wallet wallet = Wallet.of(WALLETS.incrementAndGet());
        anvil.mint(wallet.address(), ChainShop.PRICE * random.nextInt(1, 5));
        wallets.add(wallet);
      }
      var calls = new ArrayList<Known>();
      for (int step = 0; step < STEPS; step++) {
        step(random, wallets, calls, step);
      }
      finish(calls, before);
    }

    private void step(
        SplittableRandom random, List<Wallet> wallets, List<Known> calls, int number) {
      Wallet wallet = wallets.get(random.nextInt(wallets.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> call(wallet, calls, "\"i" + number + "\"");
        case 4, 5, 6 -> answer(random);
        case 7 -> again(random, calls);
        case 8 -> {
          if (random.nextBoolean()) {
            drain(wallet);
          } else {
            int from = random.nextInt(12);
            var seen = new AtomicInteger();
            Fault fault = random.nextBoolean() ? Fault.UNHEARD : Fault.UNANSWERED;
            node.fail(_ -> seen.getAndIncrement() % 12 == from ? fault : Fault.NONE);
          }
        }
        default -> {
          if (random.nextInt(3) == 0) {
            restart();
          }
        }
      }
    }

    private void call(Wallet wallet, List<Known> calls, String input) {
      JsonNode required = shop.required();
      ObjectNode payload = wallet.pays(required, hub.now().getEpochSecond());
      var known =
          new Known(
              Wallet.header(payload),
              payload.at("/payload/authorization/nonce").stringValue(),
              input,
              wallet);
      HttpResponse<String> answer = shop.call("?wait=0", input, "PAYMENT-SIGNATURE", known.signed);
      assertThat(answer.statusCode()).as(answer.body()).isIn(202, 402, 429);
      calls.add(known);
      if (answer.statusCode() == 202) {
        known.id = read(answer).get("call_id").stringValue();
      }
    }

    private static JsonNode read(HttpResponse<String> answer) {
      return Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private void answer(SplittableRandom random) {
      JsonNode waiting = shop.waiting();
      if (!waiting.isEmpty()) {
        JsonNode call = waiting.get(random.nextInt(waiting.size()));
        boolean isAnswer = random.nextInt(4) > 0;
        shop.answer(
            call,
            isAnswer
                ? "{\"output\":\"for %s\"}".formatted(call.get("call_id").stringValue())
                : "{\"declined\":\"no\"}");
      }
    }

    private void again(SplittableRandom random, List<Known> calls) {
      if (!calls.isEmpty()) {
        Known one = calls.get(random.nextInt(calls.size()));
        boolean isSame = random.nextBoolean();
        String input = isSame ? one.input : "\"other\"";
        HttpResponse<String> answer = shop.call("?wait=0", input, "PAYMENT-SIGNATURE", one.signed);
        if (answer.statusCode() == 202 && one.id.isEmpty()) {
          // What was refused before may be good now, and for another thing.
          one.id = read(answer).get("call_id").stringValue();
        }
        assertThat(answer.statusCode()).as(answer.body()).isNotEqualTo(500);
        if (!isSame && !one.id.isEmpty() && answer.statusCode() == 200) {
          throw new AssertionError("Paid for another call: " + answer.body());
        }
      }
    }

    /// Its owner moves the money without the hub.
    private void drain(Wallet wallet) {
      long all = anvil.balance(wallet.address());
      if (all > 0) {
        ObjectNode required = Anvil.required(all, Wallet.of(204).address());
        ObjectNode body = Json.object();
        body.put("x402Version", 2);
        body.set("paymentPayload", wallet.pays(required, hub.now().getEpochSecond()));
        body.set("paymentRequirements", required);
        Caller.withoutKey(hub).post(200, "/x402/settle", body.toString());
      }
    }

    /// Lets all come to its end, and reckons.
    private void finish(List<Known> calls, long before) {
      node.heal(0);
      shop.waiting().forEach(call -> shop.answer(call, "{\"declined\":\"late\"}"));
      long paid = 0;
      for (Known one : calls) {
        if (one.id.isEmpty()) {
          assertThat(anvil.isUsed(one.wallet.address(), one.nonce)).as(one.input).isFalse();
          continue;
        }
        JsonNode call = ended(one.id);
        String state = call.get("state").stringValue();
        boolean isPaid = state.equals("answered");
        String input = call.get("input").toString();
        HttpResponse<String> got = shop.call("?wait=0", input, "PAYMENT-SIGNATURE", one.signed);
        assertThat(got.statusCode() == 200).as("%s %s", state, got.body()).isEqualTo(isPaid);
        assertThat(anvil.isUsed(one.wallet.address(), one.nonce)).as(state).isEqualTo(isPaid);
        if (isPaid) {
          paid++;
          assertThat(got.body()).isEqualTo("\"for " + one.id + "\"");
          String hash = call.get("transaction").stringValue();
          assertThat(transactions.add(hash)).as("a transaction of its own").isTrue();
        } else {
          assertThat(got.body()).doesNotContain("for " + one.id);
        }
      }
      assertThat(shop.till() - before).isEqualTo(paid * ChainShop.PRICE);
    }

    private JsonNode ended(String id) {
      JsonNode call = shop.seller.get(200, "/calls/" + id + "?wait=30");
      for (int i = 0; i < 5 && isOpen(call); i++) {
        call = shop.seller.get(200, "/calls/" + id + "?wait=30");
      }
      assertThat(isOpen(call)).as(call.toString()).isFalse();
      return call;
    }

    private static boolean isOpen(JsonNode call) {
      return List.of("waiting", "settling").contains(call.get("state").stringValue());
    }

    @Override
    public void close() {
      hub.close();
      node.close();
    }
  }
}
