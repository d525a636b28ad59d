package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.deeds.Canonical;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Of what a hub shows to be signed it can change nothing that was asked for: each member is
/// changed by itself, and what goes unseen is what the hub alone can know.
@Timeout(120)
final class AskedTest {
  private static final Set<String> NOTHING = Set.of();
  private static final Set<String> PLACE = Set.of("sequence");
  private static final Set<String> FEES = Set.of("terms.transaction_bps", "terms.escrow_bps");
  private static final Set<String> UNSAID =
      Set.of(
          "terms.fund_seconds",
          "terms.review_seconds",
          "terms.resolve_seconds",
          "terms.silence",
          "terms.unresolved",
          "terms.milestones.0.deliver_seconds");

  @TempDir Path place;

  private static HubClient joined(Hub hub, String agent) {
    return TrainCommand.join(URI.create(hub.url()), hub.newInvite("test"), agent);
  }

  private static ObjectNode object(String text) {
    try {
      return (ObjectNode) Json.read(text.replace('\'', '"'));
    } catch (Json.Unreadable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> all(Set<String> one, Set<String> other) {
    var all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }

  /// What the hub can change of a call's text without its being seen.
  private static Set<String> unseen(HubClient hub, String path, ObjectNode body, Asked asked) {
    var method = path.endsWith("/offer") ? "PUT" : "POST";
    var prepared = hub.change(method, path, body.deepCopy().put("prepare", true));
    return unseen((ObjectNode) prepared.path("move"), asked);
  }

  private static Set<String> unseen(ObjectNode move, Asked asked) {
    assertThat(isAsFor(move, move, asked)).as(move.toString()).isTrue();
    var unseen = new TreeSet<String>();
    for (var path : paths("", move)) {
      for (var change : List.of("changed", "removed", "added")) {
        var shown = move.deepCopy();
        change(shown, path, change);
        if (!shown.equals(move) && isAsFor(move, shown, asked)) {
          unseen.add(path.replace('/', '.').substring(1));
        }
      }
    }
    return unseen;
  }

  private static boolean isAsFor(ObjectNode move, ObjectNode shown, Asked asked) {
    var expected = Json.object().put("v", 1);
    expected.set("hub", move.path("hub"));
    expected.set("from", move.path("from"));
    asked.addTo(expected, shown);
    return Canonical.text(expected).equals(Canonical.text(shown));
  }

  /// Every member and element.
  private static List<String> paths(String path, JsonNode node) {
    var paths = new ArrayList<String>();
    for (var name : node.propertyNames()) {
      paths.add(path + "/" + name);
      paths.addAll(paths(path + "/" + name, node.path(name)));
    }
    for (var i = 0; node.isArray() && i < node.size(); i++) {
      paths.add(path + "/" + i);
      paths.addAll(paths(path + "/" + i, node.path(i)));
    }
    return paths;
  }

  private static void change(ObjectNode shown, String path, String change) {
    var cut = path.lastIndexOf('/');
    var parent = shown.at(path.substring(0, cut));
    var name = path.substring(cut + 1);
    var value = shown.at(path);
    JsonNode changed =
        value.isIntegralNumber()
            ? Json.object().put("n", value.asLong() + 1).path("n")
            : Json.object().put("n", value.asString("") + "x").path("n");
    switch (parent) {
      case ObjectNode object when change.equals("changed") -> object.set(name, changed);
      case ObjectNode object when change.equals("removed") -> object.remove(name);
      case ObjectNode object -> object.put(name + "_more", 1);
      case ArrayNode list when change.equals("changed") ->
          list.set(Integer.parseInt(name), changed);
      case ArrayNode list when change.equals("removed") -> list.remove(Integer.parseInt(name));
      case ArrayNode list -> list.add(value);
      default -> throw new IllegalStateException(path);
    }
  }

  @Test
  void ofJobsTheHubSaysFeesAndWhatWasLeftToIt() {
    try (var hub = TestHub.open(place.resolve("data"));
        var client = joined(hub, "client");
        var third = joined(hub, "third");
        var provider = joined(hub, "provider")) {
      var agent = new Signatory(client, "client", null);
      var plain =
          object("{'job_id':'job_0123456789abcdef','subject':'A map','provider':'provider'}");
      plain.put("amount", "30");
      assertThat(unseen(client, "/jobs", plain, opening(agent, plain)))
          .isEqualTo(all(FEES, UNSAID));

      var whole = plain.deepCopy().put("note", "North up").put("silence", "refund");
      whole.put("unresolved", "complete").put("arbiter", "third");
      whole.put("fund_seconds", 60).put("review_seconds", 60).put("resolve_seconds", 60);
      whole.set("output_schema", object("{'type':'object','required':['a']}"));
      whole.putArray("milestones").add(object("{'name':'All','amount':'30'}"));
      whole.put("deliver_seconds", 600);
      assertThat(unseen(client, "/jobs", whole, opening(agent, whole))).isEqualTo(FEES);
      assertThat(third.get("/jobs?limit=1").path("jobs")).isEmpty();

      var opened = client.post("/jobs", plain);
      var path = "/jobs/job_0123456789abcdef/steps";
      var submit = object("{'step':'submit','output':'[1]','note':'Whole','uri':'https://a.b/'}");
      submit.put("previous", Json.text(opened, "head"));
      assertThat(unseen(provider, path, submit, new JobStep("job_0123456789abcdef", submit)))
          .isEqualTo(PLACE);
      var dispute = object("{'step':'dispute','note':'Six','evidence':[{'uri':'https://a.b/'}]}");
      dispute.put("previous", Json.text(opened, "head"));
      ((ObjectNode) dispute.path("evidence").path(0)).put("sha256", "0".repeat(64));
      assertThat(unseen(client, path, dispute, new JobStep("job_0123456789abcdef", dispute)))
          .isEqualTo(PLACE);
    }
  }

  private static Asked opening(Signatory agent, ObjectNode draft) {
    return new JobOpening(agent, draft, InstantSource.fixed(Instant.EPOCH));
  }

  @Test
  void onAChainTheHubSaysWhoseContractItIsAndUntilWhenWithinReason() {
    try (var nowhere = new HubClient(URI.create("http://127.0.0.1:1"), null)) {
      var agent = new Signatory(nowhere, "client", null);
      var payer = "0x" + "1".repeat(40);
      var payee = "0x" + "2".repeat(40);
      var asset = "eip155:8453/erc20:0x" + "3".repeat(40);
      var draft = object("{'job_id':'job_1','subject':'A map','provider':'bob','amount':'30'}");
      draft.put("asset", asset).put("payer", payer).put("pay_to", payee);
      var move = object("{'v':1,'type':'meshkore-job','hub':'h','job_id':'job_1','sequence':0}");
      move.putNull("previous").put("step", "open").put("from", "client");
      move.put("client", "client").put("provider", "bob");
      var terms = move.putObject("terms").put("subject", "A map").put("asset", asset);
      terms.put("atoms", 30_000_000).put("escrow", true).put("arbiter", "hub");
      terms
          .putArray("milestones")
          .add(object("{'name':'A map','atoms':30000000,'deliver_seconds':600}"));
      terms.put("transaction_bps", 300).put("escrow_bps", 50).put("silence", "complete");
      terms.put("unresolved", "refund").put("fund_seconds", 100).put("review_seconds", 10);
      terms.put("resolve_seconds", 20);
      var chain = terms.putObject("on_chain").put("network", "eip155:8453");
      chain.put("payer", payer).put("pay_to", payee).put("escrow", "e").put("operator", "o");
      chain.put("fee_receiver", "f").put("capture_deadline", 100 + 600 + 200 + 20 + 73 * 3_600 - 1);
      var asked = opening(agent, draft);
      var ofTheHub = new TreeSet<String>();
      for (var name : List.of("escrow", "operator", "fee_receiver", "capture_deadline")) {
        ofTheHub.add("terms.on_chain." + name);
      }
      assertThat(unseen(move, asked)).isEqualTo(all(ofTheHub, all(FEES, UNSAID)));
      assertThat(asked.besides(move))
          .isEqualTo(Json.object().set("capture_deadline", chain.path("capture_deadline")));
      chain.put("capture_deadline", chain.path("capture_deadline").asLong() + 2);
      assertThat(isAsFor(move, move, asked)).isFalse();
    }
  }

  @Test
  void ofNegotiationsTheHubSaysNothingButWhoSellsAndWhichMoveItIs() {
    try (var hub = TestHub.open(place.resolve("data"));
        var buyer = joined(hub, "buyer");
        var seller = joined(hub, "seller")) {
      var draft = object("{'with':'seller','role':'buyer','valid_for':60}");
      draft.put("negotiation_id", MarketMove.newId());
      var terms = object("{'subject':'A map','quantity':2,'deliver_within':60,'note':'North up'}");
      terms.set("price", object("{'amount':'10.50','asset':'EUR'}"));
      draft.set("terms", terms);
      assertThat(unseen(buyer, "/negotiations", draft, new MarketMove.Proposal("buyer", draft)))
          .isEqualTo(NOTHING);

      var id = Json.text(buyer.post("/negotiations", draft), "negotiation_id");
      var now = seller.get("/negotiations/" + id);
      var counter = object("{'kind':'counter','valid_for':60}");
      counter.put("previous", Json.text(now, "head")).set("terms", terms);
      var moves = "/negotiations/" + id + "/moves";
      assertThat(unseen(seller, moves, counter, new MarketMove.Answer("seller", now, counter)))
          .isEqualTo(PLACE);
      var accept = Json.object().put("kind", "accept").put("previous", Json.text(now, "head"));
      assertThat(unseen(seller, moves, accept, new MarketMove.Answer("seller", now, accept)))
          .isEqualTo(PLACE);

      var listing = object("{'name':'Tides','description':'When it is high.'}");
      listing.set("price", object("{'amount':'0.25','asset':'EUR','unit':'page'}"));
      listing.set("sla", object("{'latency_ms':900,'delivery_seconds':60}"));
      var service =
          buyer.get("/services/" + Json.text(seller.post("/services", listing), "service_id"));
      var order = object("{'version':1,'quantity':3}").put("negotiation_id", MarketMove.newId());
      var take = "/services/" + Json.text(service, "service_id") + "/take";
      assertThat(unseen(buyer, take, order, new MarketMove.Taking(service, order)))
          .isEqualTo(Set.of("previous"));

      var request = Json.text(buyer.post("/requests", object("{'title':'A map'}")), "request_id");
      var offer = Json.object().set("terms", terms);
      assertThat(
              unseen(
                  seller,
                  "/requests/" + request + "/offer",
                  offer,
                  new MarketMove.Offer(request, offer)))
          .isEqualTo(NOTHING);
    }
  }
}
