package dev.meshkore.hub.jobs;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is agreed to in a job, in a form of which every byte can be signed. No step changes it.
///
/// @param subject what it is about, in a line
/// @param note what else is said, or ""
/// @param milestones what is delivered and paid, one after the other
/// @param isEscrow whether the price is held until it is paid
/// @param fees what is taken of what the provider is paid
/// @param fundSeconds from the opening until it is agreed to, and funded
/// @param reviewSeconds for the decision about what was submitted
/// @param silence what follows where nobody decides
/// @param resolveSeconds for the arbiter
/// @param unresolved what follows where the arbiter does not decide
/// @param evaluator the agent that approves what is submitted, or "" for the client
/// @param arbiter the agent that decides disputes, or [dev.meshkore.hub.identity.Agents#HUB_ID]
/// @param outputSchema what delivered JSON must fit, if anything
/// @param agreement the agreement of the market that it is about, if it is about one
/// @param chain where it is paid, if not on the hub's ledger
record JobTerms(
    String subject,
    String note,
    List<Milestone> milestones,
    boolean isEscrow,
    FeeRates fees,
    long fundSeconds,
    long reviewSeconds,
    Rule silence,
    long resolveSeconds,
    Rule unresolved,
    String evaluator,
    String arbiter,
    Optional<ObjectNode> outputSchema,
    Optional<Agreement> agreement,
    Optional<OnChain> chain) {

  /// What follows where somebody does not decide.
  enum Rule {
    COMPLETE,
    REFUND;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Rule> of(String word) {
      return switch (word) {
        case "complete" -> Optional.of(COMPLETE);
        case "refund" -> Optional.of(REFUND);
        default -> Optional.empty();
      };
    }
  }

  /// A part that is delivered and paid by itself.
  ///
  /// @param atoms what is paid for it, before fees
  /// @param deliverSeconds from when it begins
  record Milestone(String name, long atoms, long deliverSeconds) {}

  /// An agreement of the market.
  ///
  /// @param head the hash of its last move
  record Agreement(String negotiationId, String head) {}

  JobTerms {
    milestones = List.copyOf(milestones);
  }

  /// For all of it.
  long price() {
    return milestones.stream().mapToLong(Milestone::atoms).sum();
  }

  boolean hasEvaluator() {
    return !evaluator.isEmpty();
  }

  /// So many atoms of what jobs are paid in on the ledger.
  static Money credits(long atoms) {
    return new Money(Asset.CREDIT, atoms);
  }

  /// So many atoms of what this one is paid in.
  Money money(long atoms) {
    return new Money(asset(), atoms);
  }

  private Asset asset() {
    return chain.map(one -> Asset.find(one.asset()).orElseThrow()).orElse(Asset.CREDIT);
  }

  /// The same, paid on a chain.
  JobTerms on(OnChain where) {
    return new JobTerms(
        subject,
        note,
        milestones,
        isEscrow,
        fees,
        fundSeconds,
        reviewSeconds,
        silence,
        resolveSeconds,
        unresolved,
        evaluator,
        arbiter,
        outputSchema,
        agreement,
        Optional.of(where));
  }

  /// The longest that a job of these terms can take from its opening, while the hub is there. Each
  /// milestone may be disputed, and the client give way.
  long longestSeconds() {
    long work =
        milestones.stream()
            .mapToLong(one ->
                one.deliverSeconds() + Course.SUBMISSIONS_MAX * reviewSeconds + resolveSeconds)
            .sum();
    return fundSeconds + work;
  }

  /// What is taken of what was paid until a position. On a chain each payment is rounded down by
  /// itself, as the contract does.
  FeeRates.Taken taken(Position at) {
    return chain.isEmpty() ? fees.of(at.released()) : fees.ofEach(captures(at));
  }

  /// What is taken where all is paid.
  FeeRates.Taken takenOfAll() {
    return chain.isEmpty()
        ? fees.of(price())
        : fees.ofEach(milestones.stream().map(Milestone::atoms).toList());
  }

  /// The payments of which what was paid consists: one for each milestone that is done, and what
  /// came at the end.
  private List<Long> captures(Position at) {
    var all = new ArrayList<Long>();
    long left = at.released();
    for (Milestone one : milestones.subList(0, at.milestone())) {
      all.add(one.atoms());
      left -= one.atoms();
    }
    all.add(left);
    return all;
  }

  /// The terms as they are signed. What is not said is not there.
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("subject", subject);
    if (!note.isEmpty()) {
      json.put("note", note);
    }
    json.put("asset", chain.map(OnChain::asset).orElse(Asset.CREDIT.code()));
    json.put("atoms", price());
    ArrayNode list = json.putArray("milestones");
    for (Milestone one : milestones) {
      list.addObject()
          .put("name", one.name())
          .put("atoms", one.atoms())
          .put("deliver_seconds", one.deliverSeconds());
    }
    json.put("escrow", isEscrow);
    json.put("transaction_bps", fees.transaction());
    json.put("escrow_bps", fees.escrow());
    json.put("fund_seconds", fundSeconds);
    json.put("review_seconds", reviewSeconds);
    json.put("silence", silence.word());
    json.put("resolve_seconds", resolveSeconds);
    json.put("unresolved", unresolved.word());
    if (hasEvaluator()) {
      json.put("evaluator", evaluator);
    }
    json.put("arbiter", arbiter);
    outputSchema.ifPresent(schema -> json.set("output_schema", schema));
    agreement.ifPresent(one ->
        json.putObject("agreement")
            .put("negotiation_id", one.negotiationId())
            .put("head", one.head()));
    chain.ifPresent(one -> json.set("on_chain", one.json()));
    return json;
  }

  /// Terms out of a step that was stored.
  static JobTerms of(JsonNode json) {
    JsonNode agreed = json.path("agreement");
    return new JobTerms(
        json.path("subject").asString(""),
        json.path("note").asString(""),
        json.path("milestones")
            .valueStream()
            .map(one ->
                new Milestone(
                    one.path("name").asString(""),
                    one.path("atoms").asLong(0),
                    one.path("deliver_seconds").asLong(0)))
            .toList(),
        json.path("escrow").asBoolean(true),
        new FeeRates(json.path("transaction_bps").asLong(0), json.path("escrow_bps").asLong(0)),
        json.path("fund_seconds").asLong(0),
        json.path("review_seconds").asLong(0),
        Rule.of(json.path("silence").asString("")).orElseThrow(),
        json.path("resolve_seconds").asLong(0),
        Rule.of(json.path("unresolved").asString("")).orElseThrow(),
        json.path("evaluator").asString(""),
        json.path("arbiter").asString(""),
        json.path("output_schema") instanceof ObjectNode schema
            ? Optional.of(schema)
            : Optional.empty(),
        agreed.isObject()
            ? Optional.of(
                new Agreement(
                    agreed.path("negotiation_id").asString(""), agreed.path("head").asString("")))
            : Optional.empty(),
        json.path("on_chain").isObject()
            ? Optional.of(OnChain.of(json.path("asset").asString(""), json.path("on_chain")))
            : Optional.empty());
  }
}
