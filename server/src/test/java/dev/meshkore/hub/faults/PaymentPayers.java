package dev.meshkore.hub.faults;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;

/// Agents that pay, hold, end what is held and give back from many threads, and ask again, at
/// whichever hub there is, for what had no answer.
final class PaymentPayers {
  private static final int THREADS = 8;

  /// A payment that was answered.
  ///
  /// @param number what the transfer is called
  /// @param body by which it was asked for
  record Paid(Purse.Payer payer, Purse.Payer payee, long number, long atoms, String body) {}

  /// The end of what was held that was answered.
  record Ended(String kind, long atoms) {}

  final Map<String, Paid> paid = new ConcurrentHashMap<>();
  final Map<Long, Ended> ended = new ConcurrentHashMap<>();
  final AtomicReference<AssertionError> wrong = new AtomicReference<>();
  final CountDownLatch over = new CountDownLatch(1);
  private final List<PaymentPlace.Outfit> outfits = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Paid> held = new ConcurrentLinkedQueue<>();
  private final List<Paid> some = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private final PaymentPlace place;

  PaymentPayers(PaymentPlace place) {
    this.place = place;
  }

  void start(SplittableRandom random) {
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      threads.add(Thread.ofVirtual().start(() -> work(own)));
    }
  }

  /// From now on they spend of this above all.
  void spendOf(PaymentPlace.Outfit outfit) {
    outfits.add(outfit);
  }

  void end() throws InterruptedException {
    over.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void work(SplittableRandom random) {
    try {
      while (over.getCount() > 0 && wrong.get() == null) {
        switch (random.nextInt(16)) {
          case 0 -> again(random);
          case 1, 2 -> endOne(random);
          case 3 -> refund(random);
          case 4 -> payInAnother(random);
          case 5, 6, 7 -> pay(random, random.nextBoolean() ? 86_400 : 1);
          default -> pay(random, 0);
        }
      }
    } catch (AssertionError found) {
      wrong.set(found);
    }
  }

  private static <T> T oneOf(List<T> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }

  private Purse.Payer payer(SplittableRandom random) {
    boolean isNew = random.nextInt(6) > 0;
    return oneOf((isNew ? outfits.getLast() : oneOf(outfits, random)).payers(), random);
  }

  private void pay(SplittableRandom random, long holdSeconds) {
    Purse.Payer payer = payer(random);
    Purse.Payer payee = oneOf(place.payees, random);
    long atoms = random.nextLong(1, random.nextInt(8) == 0 ? 60 : 20);
    String id = "p" + count.getAndIncrement();
    String body =
        "{\"id\":\"%s\",\"to\":\"%s\",\"atoms\":%d,\"hold_seconds\":%d}"
            .formatted(id, payee.id(), atoms, holdSeconds);
    HttpResponse<String> answer = ask(random, "/wallet/transfers", payer.key(), body);
    if (must(answer, 429)) {
      var one = new Paid(payer, payee, number(answer), atoms, body);
      paid.put(payer.id() + "/" + id, one);
      if (holdSeconds > 0) {
        held.add(one);
      }
      if (random.nextInt(50) == 0) {
        some.add(one);
      }
    }
  }

  /// True for a success; any other answer is one of these, or a fault.
  private static boolean must(HttpResponse<String> answer, Integer... others) {
    boolean isDone = answer.statusCode() / 100 == 2;
    if (!isDone && !List.of(others).contains(answer.statusCode())) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return isDone;
  }

  private static long number(HttpResponse<String> answer) {
    JsonNode transfer = Player.JSON.readTree(answer.body());
    return Long.parseLong(transfer.get("transfer_id").asString().substring(1));
  }

  /// What was paid long ago is answered as it was, and paid no more.
  private void again(SplittableRandom random) {
    if (!some.isEmpty()) {
      Paid one = oneOf(some, random);
      HttpResponse<String> answer = ask(random, "/wallet/transfers", one.payer().key(), one.body());
      if (answer.statusCode() != 200 || number(answer) != one.number()) {
        throw new AssertionError("Asked again for " + one + ": " + answer.body());
      }
    }
  }

  private void endOne(SplittableRandom random) {
    Paid one = held.poll();
    if (one == null) {
      return;
    }
    boolean isPost = random.nextBoolean();
    long atoms = random.nextLong(1, one.atoms() + 1);
    String path = "/wallet/transfers/t" + one.number() + (isPost ? "/post" : "/release");
    String body = isPost ? "{\"atoms\":" + atoms + "}" : "{}";
    String key = isPost ? one.payer().key() : one.payee().key();
    if (must(ask(random, path, key, body), 409)) {
      ended.put(one.number(), isPost ? new Ended("post", atoms) : new Ended("void", one.atoms()));
    }
  }

  /// Gives back an atom, which opens no new allowance.
  private void refund(SplittableRandom random) {
    if (!some.isEmpty()) {
      Paid one = oneOf(some, random);
      String body = "{\"id\":\"r%d\",\"atoms\":1}".formatted(count.getAndIncrement());
      String path = "/wallet/transfers/t" + one.number() + "/refund";
      must(ask(random, path, one.payee().key(), body), 400, 403);
    }
  }

  /// Another asset is another limit, of which there is none.
  private void payInAnother(SplittableRandom random) {
    String asset = oneOf(List.of("SAT", "credit", "EUR", "eip155:1/slip44:60"), random);
    String body =
        "{\"id\":\"o%d\",\"to\":\"bob\",\"atoms\":1,\"asset\":\"%s\"}"
            .formatted(count.getAndIncrement(), asset);
    HttpResponse<String> answer = ask(random, "/wallet/transfers", payer(random).key(), body);
    if (must(answer, 400, 403)) {
      throw new AssertionError("Paid in " + asset + ": " + answer.body());
    }
  }

  /// Asks some hub, and another, until one answers.
  private HttpResponse<String> ask(SplittableRandom random, String path, String key, String body) {
    while (true) {
      try {
        HttpResponse<String> answer = place.ask(oneOf(place.hubs, random), "POST", path, key, body);
        if (answer.statusCode() != 503) {
          return answer;
        }
      } catch (IOException _) {
        pause();
      } catch (InterruptedException failure) {
        Thread.currentThread().interrupt();
        throw new AssertionError(failure);
      }
    }
  }

  /// A hub that starts needs the processor more than who asks for it.
  private void pause() {
    try {
      var _ = over.await(10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }
}
