package dev.meshkore.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays a deal: a hub that nobody else sees, one agent that buys, and some that sell. All that
/// they do goes over HTTP, as it would between strangers.
final class DemoShopping {
  private static final String BUYER = "alice";
  private static final String GIVEN = "50.000000";
  private static final String NOTHING = "0.000000";
  private static final int CREDIT_DECIMALS = 6;

  /// Vectors come a while after a service does; without them all is there at once.
  private static final Map<String, String> WORDS_ALONE = Map.of("meaning", "false");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MS = 100;

  private final Surroundings here;
  private final boolean isAside;
  private final ObjectNode summary = Json.object();
  private long started;

  DemoShopping(Surroundings here, boolean isAside) {
    this.here = here;
    this.isAside = isAside;
  }

  /// The deal in short: what was agreed and paid, who has what, and whether the books are even.
  JsonNode play() throws IOException, InterruptedException {
    started = here.clock().millis();
    try (var folder = TemporaryFolder.make("meshkore-shopping");
        var hub = LocalHub.open(here, TrainCommand.throwAway(here, folder, WORDS_ALONE));
        var operator = new HubClient(URI.create(hub.url()), hub.adminKey());
        var buyer = TrainCommand.join(URI.create(hub.url()), hub.newInvite(BUYER), BUYER);
        var bob = TrainCommand.join(URI.create(hub.url()), hub.newInvite("bob"), "bob");
        var carla = TrainCommand.join(URI.create(hub.url()), hub.newInvite("carla"), "carla");
        var dan = TrainCommand.join(URI.create(hub.url()), hub.newInvite("dan"), "dan")) {
      say("hub", "listens on " + hub.url());
      var deposit = Json.object().put("id", "demo").put("agent_id", BUYER).put("amount", GIVEN);
      operator.post("/deposits", deposit);
      say(BUYER, "has " + GIVEN + " test credits, which are worth nothing");
      sell(bob, "bob", "Legal translation", "Contracts from Spanish into English.", "3", "page");
      sell(carla, "carla", "Drawings", "What you describe, drawn in ink.", "5", "item");
      sell(dan, "dan", "Tide tables", "When the water is high.", "0.01", "call");
      var service = find(buyer);
      var name = sellerOf(service);
      var sellers = Map.of("bob", bob, "carla", carla, "dan", dan);
      var seller = sellers.getOrDefault(name, bob);
      var agreed = negotiate(buyer, seller, name, service);
      var job = work(buyer, seller, name, agreed);
      books(operator, buyer, seller, name, job);
      return summary;
    }
  }

  private void sell(
      HubClient seller, String who, String name, String description, String price, String unit) {
    var draft = Json.object().put("name", name).put("description", description);
    draft.putObject("price").put("amount", price).put("asset", "CREDIT").put("unit", unit);
    seller.patch("/profile", Json.object().put("description", description));
    seller.post("/services", draft);
    say(who, "sells " + name.toLowerCase(Locale.ROOT) + ", " + price + " CREDIT/" + unit);
  }

  private JsonNode find(HubClient buyer) throws InterruptedException {
    var words = "translation of a contract from Spanish";
    say(BUYER, "looks for a \"" + words + "\"");
    var end = here.clock().millis() + PATIENCE.toMillis();
    var best = best(buyer, words);
    // What was published just now is listed at once, and known by its words a moment later.
    while (best.path("signals").path("words").asLong(0) == 0 && here.clock().millis() < end) {
      var _ = new CountDownLatch(1).await(PAUSE_MS, TimeUnit.MILLISECONDS);
      best = best(buyer, words);
    }
    say(BUYER, "finds " + sellerOf(best) + ": " + Json.text(best, "name"));
    summary.put("service_id", Json.text(best, "service_id"));
    return best;
  }

  private static String sellerOf(JsonNode service) {
    return Json.text(service.path("seller"), "agent_id");
  }

  private static JsonNode best(HubClient buyer, String words) {
    return buyer.get("/services?limit=3&q=" + Query.value(words)).path("services").path(0);
  }

  private JsonNode negotiate(HubClient buyer, HubClient seller, String name, JsonNode service) {
    var draft = Json.object().put("service_id", Json.text(service, "service_id"));
    draft.set("terms", terms("30"));
    var made = buyer.post("/negotiations", draft);
    say(BUYER, "proposes 30 CREDIT for twelve pages");
    var path = "/negotiations/" + Query.value(Json.text(made, "negotiation_id"));
    var counter = Json.object().put("kind", "counter");
    counter.put("previous", Json.text(seller.get(path), "head"));
    counter.set("terms", terms("36").put("deliver_within", 3_600));
    seller.post(path + "/moves", counter);
    say(name, "wants 36, and delivers within an hour");
    var accept = Json.object().put("kind", "accept");
    accept.put("previous", Json.text(buyer.get(path), "head"));
    var agreed = buyer.post(path + "/moves", accept);
    say(BUYER, "accepts: both can show " + path + "/agreement");
    summary.put("negotiation_id", Json.text(agreed, "negotiation_id"));
    return agreed;
  }

  private static ObjectNode terms(String price) {
    var terms = Json.object().put("subject", "Twelve pages of a contract").put("quantity", 12);
    terms.putObject("price").put("amount", price).put("asset", "CREDIT");
    return terms;
  }

  private JsonNode work(HubClient buyer, HubClient seller, String name, JsonNode agreed) {
    var id = Json.text(agreed, "negotiation_id");
    var job = buyer.post("/jobs", Json.object().put("negotiation_id", id));
    var path = JobsCommand.path(Json.text(job, "job_id"));
    summary.put("job_id", Json.text(job, "job_id"));
    say(BUYER, "opens the job of it; " + JobText.fees(job.path("fees")));
    notice(seller, "open");
    step(seller, path, Json.object().put("step", "accept"));
    say(name, "reads of it in its inbox, and agrees");
    var funded = step(buyer, path, Json.object().put("step", "fund"));
    say(BUYER, "pays into escrow: " + Amount.text(funded.path("held")) + " are held");
    notice(seller, "fund");
    var output = "{\"pages\":12,\"text\":\"The parties agree as follows …\"}";
    step(seller, path, Json.object().put("step", "submit").put("output", output));
    say(name, "sees that the money waits, and delivers twelve pages");
    notice(buyer, "submit");
    var delivered = buyer.get(path).path("deliverable");
    say(BUYER, "checks them: sha256 " + Json.text(delivered, "sha256").substring(0, 16) + "…");
    var done = step(buyer, path, Json.object().put("step", "complete"));
    var fees = done.path("fees");
    say(BUYER, "confirms, and the escrow is released");
    say(name, "receives " + Amount.text(fees.path("received")));
    var receipt = buyer.get(path + "/receipt");
    say("hub", "signs a receipt of " + receipt.path("chain").size() + " steps");
    summary.put("state", Json.text(done, "state"));
    summary.put("price", Json.text(done.path("price"), "amount"));
    summary.put("received", Json.text(fees.path("received"), "amount"));
    return done;
  }

  private static JsonNode step(HubClient client, String path, ObjectNode step) {
    step.put("previous", Json.text(client.get(path), "head"));
    return client.post(path + "/steps", step);
  }

  /// Waits until the hub told an agent of a step, and reads its inbox up to there.
  private void notice(HubClient client, String step) {
    var end = here.clock().millis() + PATIENCE.toMillis();
    var after = 0L;
    while (here.clock().millis() < end) {
      var page = client.get("/messages?wait=5&after=" + after, Duration.ofSeconds(5));
      after = Math.max(after, page.path("after").asLong(0));
      for (var message : page.path("messages")) {
        var payload = message.path("payload");
        if (Json.text(payload, "notice").equals("job-step")
            && Json.text(payload, "step").equals(step)) {
          return;
        }
      }
    }
    throw new CommandFailed(Exit.OTHER, "The hub did not tell of the step " + step, "", "");
  }

  /// What everybody has at the end, and whether it comes to what was put in.
  private void books(
      HubClient operator, HubClient buyer, HubClient seller, String name, JsonNode job) {
    var books = operator.get("/ledger");
    var fees = job.path("fees");
    var taken =
        atoms(fees.path("transaction"))
            .add(atoms(fees.path("escrow")))
            .movePointLeft(CREDIT_DECIMALS);
    var left = available(buyer);
    var received = available(seller);
    var accounts = summary.putArray("accounts");
    accounts.addObject().put("who", BUYER).put("had", GIVEN).put("has", left.toPlainString());
    accounts.addObject().put("who", name).put("had", NOTHING).put("has", received.toPlainString());
    var hub = taken.setScale(CREDIT_DECIMALS);
    accounts.addObject().put("who", "fees").put("had", NOTHING).put("has", hub.toPlainString());
    var all = left.add(received).add(hub);
    accounts.addObject().put("who", "all").put("had", GIVEN).put("has", all.toPlainString());
    summary.set("differences", books.path("differences"));
    var isEven = books.path("differences").isArray() && books.path("differences").isEmpty();
    summary.put("even", isEven && all.compareTo(new BigDecimal(GIVEN)) == 0);
  }

  private static BigDecimal atoms(JsonNode money) {
    return BigDecimal.valueOf(money.path("atoms").asLong(0));
  }

  private static BigDecimal available(HubClient agent) {
    return new BigDecimal(Json.text(agent.get("/wallet").path("balances").path(0), "available"));
  }

  private void say(String who, String what) {
    var seconds = "%5.2f s ".formatted((here.clock().millis() - started) / 1000.0);
    var name = "%-6s".formatted(who);
    var coloured =
        switch (who) {
          case BUYER -> here.cyan(name);
          case "hub" -> here.dim(name);
          default -> here.yellow(name);
        };
    (isAside ? here.err() : here.out())
        .println(here.dim(seconds) + coloured + " " + MessageText.clean(what));
  }
}
