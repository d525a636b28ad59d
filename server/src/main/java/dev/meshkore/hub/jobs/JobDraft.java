package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.market.Agreed;
import dev.meshkore.hub.market.Texts;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// A job as somebody wants to open it; what is not said is not there.
record JobDraft(
    Optional<String> id,
    Optional<String> provider,
    Optional<String> client,
    Optional<String> negotiationId,
    Optional<String> subject,
    String note,
    OptionalLong atoms,
    List<Part> parts,
    boolean isEscrow,
    OptionalLong deliverSeconds,
    long fundSeconds,
    long reviewSeconds,
    Optional<JobTerms.Rule> silence,
    long resolveSeconds,
    JobTerms.Rule unresolved,
    String evaluator,
    String arbiter,
    Optional<ObjectNode> outputSchema,
    Optional<ChainDraft> chain,
    boolean isPrepared,
    Optional<byte[]> signature) {

  /// A milestone of which the time may not be said.
  record Part(String name, long atoms, OptionalLong deliverSeconds) {}

  /// Less is no part: fees that are rounded by themselves must never come to more than it.
  static final long PART_ATOMS_MIN = 100;

  private static final Pattern ID = Pattern.compile("job_[A-Za-z0-9_-]{16,64}");
  private static final int SUBJECT_MAX = 200;
  private static final int NOTE_MAX = 2_000;
  private static final int MILESTONES_MAX = 20;
  private static final long DAY = 86_400;
  private static final long MONTH = 30 * DAY;
  private static final long DELIVER_MAX = 366 * DAY;
  private static final long DELIVER = 7 * DAY;

  /// Reads it, and refuses what is left.
  static JobDraft read(Request request) {
    Fields fields = request.fields();
    boolean isEscrow = fields.flag("escrow", true);
    Optional<ChainDraft> chain = ChainDraft.read(fields);
    Asset asset = chain.map(ChainDraft::asset).orElse(Asset.CREDIT);
    var draft =
        new JobDraft(
            id(fields),
            fields.optionalText("provider"),
            fields.optionalText("client"),
            fields.optionalText("negotiation_id"),
            fields.has("subject")
                ? Optional.of(Texts.line(fields, "subject", SUBJECT_MAX))
                : Optional.empty(),
            Texts.optional(fields, "note", NOTE_MAX),
            amount("amount", asset, fields),
            parts(asset, fields),
            isEscrow,
            seconds(fields, "deliver_seconds", DELIVER_MAX),
            fields.number("fund_seconds", DAY, 1, MONTH),
            fields.number("review_seconds", 3 * DAY, 1, MONTH),
            rule(fields, "silence"),
            fields.number("resolve_seconds", 7 * DAY, 1, MONTH),
            rule(fields, "unresolved").orElse(JobTerms.Rule.REFUND),
            fields.optionalText("evaluator").orElse(""),
            fields.optionalText("arbiter").orElse(Agents.HUB_ID),
            fields.object("output_schema").isPresent()
                ? Texts.schema(Json.tree(request.body()), "output_schema")
                    .map(OutputSchema::checked)
                : Optional.empty(),
            chain,
            fields.flag("prepare", false),
            Signatures.read(fields));
    fields.end();
    draft.check();
    return draft;
  }

  private static Optional<String> id(Fields fields) {
    Optional<String> given = fields.optionalText("job_id");
    given.ifPresent(text -> {
      if (!ID.matcher(text).matches()) {
        throw Refused.field("job_id", "job_id must be job_ and 16 to 64 of A-Z a-z 0-9 _ -");
      }
    });
    return given;
  }

  private static OptionalLong amount(String name, Asset asset, Fields fields) {
    return fields.has("atoms") || fields.has("amount")
        ? OptionalLong.of(MoneyJson.read(name, asset, fields).atoms())
        : OptionalLong.empty();
  }

  private static OptionalLong seconds(Fields fields, String name, long most) {
    long seconds = fields.number(name, 0, 1, most);
    return seconds == 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
  }

  private static Optional<JobTerms.Rule> rule(Fields fields, String name) {
    return fields
        .optionalText(name)
        .map(word ->
            JobTerms.Rule.of(word)
                .orElseThrow(() -> Refused.field(name, name + " must be complete or refund")));
  }

  private static List<Part> parts(Asset asset, Fields fields) {
    var parts = new ArrayList<Part>();
    for (Fields one : fields.objects("milestones")) {
      parts.add(
          new Part(
              Texts.line(one, "name", SUBJECT_MAX),
              amount("milestones.amount", asset, one)
                  .orElseThrow(
                      () -> Refused.field("milestones", "Each milestone needs amount or atoms")),
              seconds(one, "deliver_seconds", DELIVER_MAX)));
      one.end();
    }
    if (parts.size() > MILESTONES_MAX) {
      throw Refused.field("milestones", "There may be " + MILESTONES_MAX + " milestones");
    }
    return parts;
  }

  private void check() {
    if (provider.isPresent() && client.isPresent()) {
      throw Refused.field("client", "Name the other side alone, by provider or by client");
    }
    if (provider.isEmpty() && client.isEmpty() && negotiationId.isEmpty()) {
      throw Refused.field("provider", "provider or client is required, or negotiation_id");
    }
    if (chain.isPresent() && !isEscrow) {
      throw Refused.field("escrow", "What is paid on a chain is held there first");
    }
    if (!isEscrow && !evaluator.isEmpty()) {
      throw Refused.field("escrow", "An evaluator decides about what is held, so there is escrow");
    }
    if (!isEscrow && silence.equals(Optional.of(JobTerms.Rule.COMPLETE))) {
      throw Refused.field("silence", "Without escrow there is nothing that time could pay");
    }
    Scan.of(
            Stream.of(
                    Stream.of(Said.text("subject", subject.orElse("")), Said.text("note", note)),
                    Said.texts("milestones", parts.stream().map(Part::name).toList()),
                    outputSchema.stream().flatMap(one -> Said.document("output_schema", one)))
                .flatMap(one -> one))
        .orRefuse();
  }

  /// The terms that it comes to.
  ///
  /// @param agreed the agreement that it names, if it does
  /// @throws Refused where they cannot be
  JobTerms terms(JobSettings settings, Optional<Agreed> agreed) {
    long price = price(agreed);
    if (!isEscrow && price > settings.escrowAbove()) {
      throw Refused.field(
          "escrow", "Above " + JobTerms.credits(settings.escrowAbove()) + " there is escrow");
    }
    String line =
        subject
            .or(() -> agreed.map(Agreed::subject))
            .orElseThrow(() -> Refused.field("subject", "subject is required and must be text"));
    long within =
        deliverSeconds.orElse(
            agreed.map(Agreed::deliverWithin).filter(seconds -> seconds > 0).orElse(DELIVER));
    List<JobTerms.Milestone> milestones =
        parts.isEmpty()
            ? List.of(new JobTerms.Milestone(line, price, within))
            : parts.stream()
                .map(part ->
                    new JobTerms.Milestone(
                        part.name(), part.atoms(), part.deliverSeconds().orElse(within)))
                .toList();
    checkTime(milestones, agreed);
    if (milestones.stream().anyMatch(one -> one.atoms() < PART_ATOMS_MIN)) {
      throw Refused.field("amount", "At least " + PART_ATOMS_MIN + " atoms are paid for anything");
    }
    return new JobTerms(
        line,
        note,
        milestones,
        isEscrow,
        settings.fees(isEscrow),
        fundSeconds,
        reviewSeconds,
        silence.orElse(isEscrow ? JobTerms.Rule.COMPLETE : JobTerms.Rule.REFUND),
        resolveSeconds,
        unresolved,
        evaluator,
        arbiter,
        outputSchema,
        negotiationId.map(id -> new JobTerms.Agreement(id, agreed.orElseThrow().head())),
        Optional.empty());
  }

  /// The time of an agreement is for all of it, as its price is.
  private static void checkTime(List<JobTerms.Milestone> milestones, Optional<Agreed> agreed) {
    long held = agreed.map(Agreed::deliverWithin).orElse(0L);
    long said = milestones.stream().mapToLong(JobTerms.Milestone::deliverSeconds).sum();
    if (held > 0 && said != held) {
      throw Refused.field(
          "negotiation_id",
          "The agreement has another time: "
              + held
              + " seconds for all of it, and the job's deliver_seconds come to "
              + said);
    }
  }

  private long price(Optional<Agreed> agreed) {
    long sum = parts.stream().mapToLong(Part::atoms).sum();
    long price =
        atoms.orElseGet(
            () -> parts.isEmpty() ? agreed.map(one -> one.price().atoms()).orElse(-1L) : sum);
    if (price < 0) {
      throw Refused.field("amount", "amount needs atoms or amount, or milestones that have them");
    }
    if (price > Money.ATOMS_MAX) {
      throw Refused.field("milestones", "All of it is too much");
    }
    if (!parts.isEmpty() && price != sum) {
      throw Refused.field("amount", "amount is not what the milestones come to");
    }
    var said = new Money(chain.map(ChainDraft::asset).orElse(Asset.CREDIT), price);
    if (agreed.isPresent() && !agreed.get().price().equals(said)) {
      Money held = agreed.get().price();
      throw Refused.field(
          "negotiation_id",
          "The agreement has another price: %s %s (asset and amount of the job are %s %s)"
              .formatted(held.decimal(), held.asset().code(), said.decimal(), said.asset().code()));
    }
    return price;
  }
}
