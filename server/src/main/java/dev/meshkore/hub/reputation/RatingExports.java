package dev.meshkore.hub.reputation;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.keys.NostrEvent;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Ratings in the forms of other systems, for whoever gave them: a Nostr event of kind 30085, which
/// its key signs, and the feedback file of ERC-8004, which its address stands for. The hub signs
/// neither: a rating is its rater's word.
final class RatingExports {
  static final int KIND = 30_085;

  /// How long an exported attestation holds: what is four half-lives old weighs a sixteenth.
  static final long HOLDS_SECONDS = 4 * Score.HALF_LIFE_MS / 1_000;

  /// What a rating is about where its job had no category.
  static final String CONTEXT = "reliability";

  private static final Pattern REGISTRY =
      Pattern.compile("eip155:([1-9][0-9]{0,17}):0x[0-9a-fA-F]{40}");
  private static final long AGENT_MAX = 9_007_199_254_740_991L;

  /// Stars in hundredths, as ERC-8004 counts what is `starred`.
  private static final int STAR = 20;

  private final ReputationParts parts;

  RatingExports(ReputationParts parts) {
    this.parts = parts;
  }

  /// The caller's rating in the form that it asks for.
  ObjectNode of(Request request, Ratings.Sides sides) {
    long now = parts.time().millis();
    Rating rating =
        sides
            .own()
            .filter(one -> one.isOpen(now))
            .orElseThrow(() -> Ratings.closed("There is no rating of yours that is open"));
    return switch (request.query("form").orElse("")) {
      case "nostr" -> nostr(rating, sides.job());
      case "erc8004" -> feedback(request, rating, sides.job());
      default -> throw Refused.field("form", "form must be nostr or erc8004");
    };
  }

  private Key key(long agent) {
    return parts
        .database()
        .read(reader -> parts.agentKeys().ofAgent(reader, agent, KeyType.SECP256K1))
        .stream()
        .findFirst()
        .orElseThrow(() ->
            Refused.field(
                "form", parts.agents().idOf(agent) + " has no key of the type secp256k1"));
  }

  private ObjectNode nostr(Rating rating, RatedJob job) {
    String rater = key(rating.rater()).hex();
    String subject = key(rating.rated()).hex();
    String context = job.category().isEmpty() ? CONTEXT : job.category().replace('/', '.');
    long at = rating.madeAtMs() / 1_000;
    List<List<String>> tags =
        List.of(
            List.of("d", subject + ":" + context),
            List.of("p", subject),
            List.of("t", context),
            List.of("expiration", Long.toString(at + HOLDS_SECONDS)),
            List.of("v", "2"));
    ObjectNode said = Json.object();
    said.put("subject", subject);
    said.put("rating", rating.stars());
    said.put("context", context);
    said.put("confidence", 1);
    said.put("evidence", evidence(rating, job));
    var unsigned = new NostrEvent("", rater, at, KIND, tags, Canonical.text(said), "");
    ObjectNode json = Json.object();
    json.put("form", "nostr");
    ObjectNode event = json.putObject("event");
    event.put("id", unsigned.hash());
    event.put("pubkey", rater);
    event.put("created_at", at);
    event.put("kind", KIND);
    ArrayNode list = event.putArray("tags");
    for (List<String> tag : tags) {
      ArrayNode one = list.addArray();
      tag.forEach(one::add);
    }
    event.put("content", unsigned.content());
    json.put("what_to_do", "Sign id by your Nostr key (BIP-340), add it as sig, and publish it.");
    return json;
  }

  /// The draft wants a text that holds a list. That a job was paid nobody proves by a preimage
  /// here, so it is no more than a free text: who reads it weighs it as the rater's word.
  private String evidence(Rating rating, RatedJob job) {
    String text = "Job " + job.id() + " at " + parts.hubUrl().get() + ", paid and finished";
    ArrayNode list = Json.object().putArray("evidence");
    list.addObject().put("type", "free_text").put("data", text);
    if (!rating.comment().isEmpty()) {
      list.addObject().put("type", "free_text").put("data", rating.comment());
    }
    return new String(Json.bytes(list), StandardCharsets.UTF_8);
  }

  private ObjectNode feedback(Request request, Rating rating, RatedJob job) {
    String registry = request.query("registry").orElse("");
    Matcher form = REGISTRY.matcher(registry);
    if (!form.matches()) {
      throw Refused.field(
          "registry", "registry must name an identity registry, as eip155:8453:0x8004…");
    }
    if (request.query("erc8004_id").isEmpty()) {
      throw Refused.field("erc8004_id", "erc8004_id must be the rated agent's id in the registry");
    }
    long agent = request.query("erc8004_id", 0, 0, AGENT_MAX);
    String client =
        key(rating.rater())
            .evmAddress()
            .orElseThrow(() -> Refused.field("form", "Your key has no address"));
    ObjectNode file = Json.object();
    file.put("agentRegistry", registry);
    file.put("agentId", agent);
    file.put("clientAddress", "eip155:" + form.group(1) + ":" + client);
    file.put("createdAt", Rfc3339.text(rating.madeAtMs()));
    file.put("value", rating.stars() * STAR);
    file.put("valueDecimals", 0);
    file.put("tag1", "starred");
    file.put("tag2", job.category());
    if (!rating.comment().isEmpty()) {
      file.put("text", rating.comment());
    }
    file.putObject("meshkore")
        .put("hub", parts.hubUrl().get())
        .put("job_id", job.id())
        .put("from", parts.agents().idOf(rating.rater()))
        .put("about", parts.agents().idOf(rating.rated()))
        .put("rating", rating.stars());
    byte[] bytes = Canonical.bytes(file);
    String hash = "0x" + HexFormat.of().formatHex(Keccak.hash(bytes));
    ObjectNode json = Json.object();
    json.put("form", "erc8004");
    json.set("file", file);
    json.put("file_text", new String(bytes, StandardCharsets.UTF_8));
    json.put("feedback_hash", hash);
    json.putObject("give_feedback")
        .put("agentId", agent)
        .put("value", rating.stars() * STAR)
        .put("valueDecimals", 0)
        .put("tag1", "starred")
        .put("tag2", job.category())
        .put("endpoint", "")
        .put("feedbackHash", hash);
    json.put(
        "what_to_do",
        "Put file_text where others read it, byte by byte, and call giveFeedback from"
            + " clientAddress with its address as feedbackURI.");
    return json;
  }
}
