package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.market.Texts;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A step as somebody wants to take it.
///
/// @param previous the hash of the one before
/// @param content what it says, in a form of which every byte can be signed
/// @param share what the arbiter gives the provider, or 0
/// @param payment what the client's wallet has signed to pay on a chain, if anything
/// @param output what is delivered as JSON text, if anything
record StepDraft(
    Step step,
    String previous,
    ObjectNode content,
    long share,
    Optional<ObjectNode> payment,
    Optional<String> output,
    boolean isPrepared,
    Optional<byte[]> signature) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int NOTE_MAX = 2_000;
  private static final int EVIDENCE_NOTE_MAX = 500;
  private static final int EVIDENCE_MAX = 10;
  private static final int SIGNED_MAX = 140;
  private static final int OUTPUT_BYTES_MAX = 65_536;

  /// Reads it, and refuses what is left: each step says only what belongs to it.
  static StepDraft read(Fields fields) {
    Step step = Step.of(fields.text("step"));
    String previous = hash(fields, "previous");
    ObjectNode content = Json.object();
    Optional<String> output = Optional.empty();
    Optional<ObjectNode> payment = Optional.empty();
    long share = 0;
    switch (step) {
      case SUBMIT -> {
        output = delivered(fields, content);
        putNote(fields, content);
      }
      case COMPLETE, REJECT, DISPUTE, EVIDENCE -> {
        putNote(fields, content);
        putEvidence(fields, content);
        check(step, content);
      }
      case RESOLVE -> {
        share = MoneyJson.read("amount", Asset.CREDIT, fields).atoms();
        content.put("atoms", share);
        putNote(fields, content);
      }
      case FUND -> {
        payment = fields.object("payment").map(StepDraft::signed);
        payment.ifPresent(one -> content.set("payment", one.get("payload")));
      }
      case ACCEPT, OPEN, EXPIRE -> {
        // They say nothing more.
      }
    }
    var draft =
        new StepDraft(
            step,
            previous,
            content,
            share,
            payment,
            output,
            fields.flag("prepare", false),
            Signatures.read(fields));
    fields.end();
    return draft;
  }

  /// What a wallet has signed, as clients of x402 write it; of all that they say only what counts.
  private static ObjectNode signed(Fields payment) {
    ObjectNode json = Json.object();
    payment
        .object("accepted")
        .ifPresent(accepted -> {
          ObjectNode chosen = json.putObject("accepted");
          copy(accepted, chosen, "scheme");
          copy(accepted, chosen, "network");
        });
    ObjectNode payload = json.putObject("payload");
    Fields said = payment.object("payload").orElseThrow(() -> noPayment("payload"));
    Fields authorization =
        said.object("authorization").orElseThrow(() -> noPayment("authorization"));
    ObjectNode signed = payload.putObject("authorization");
    for (String name : List.of("from", "to", "value", "validAfter", "validBefore", "nonce")) {
      copy(authorization, signed, name);
    }
    copy(said, payload, "signature");
    copy(said, payload, "salt");
    return json;
  }

  private static void copy(Fields from, ObjectNode to, String name) {
    String text = from.text(name);
    if (text.length() > SIGNED_MAX) {
      throw Refused.field("payment", name + " in payment is too long");
    }
    to.put(name, text);
  }

  private static Refused noPayment(String name) {
    return Refused.field("payment", "payment needs " + name + ", as x402 has it");
  }

  private static String hash(Fields fields, String name) {
    String text = fields.text(name);
    if (!HASH.matcher(text).matches()) {
      throw Refused.field(
          name, name + " must be 64 digits of a SHA-256 in hexadecimal, lower case");
    }
    return text;
  }

  private static Optional<String> delivered(Fields fields, ObjectNode content) {
    Optional<String> output = fields.optionalText("output");
    output.ifPresent(text -> {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > OUTPUT_BYTES_MAX) {
        throw Refused.field("output", "output may have " + OUTPUT_BYTES_MAX + " bytes");
      }
      content.put("sha256", Canonical.hash(bytes));
      content.put("output_bytes", bytes.length);
    });
    if (output.isEmpty() || fields.has("sha256")) {
      String said = hash(fields, "sha256");
      if (output.isPresent() && !content.path("sha256").asString("").equals(said)) {
        throw Refused.field("sha256", "sha256 is not that of output");
      }
      content.put("sha256", said);
    }
    Texts.url(fields, "uri").ifPresent(uri -> content.put("uri", uri));
    return output;
  }

  private static void putNote(Fields fields, ObjectNode content) {
    String note = Texts.optional(fields, "note", NOTE_MAX);
    if (!note.isEmpty()) {
      Scan.of(Said.text("note", note)).orRefuse();
      content.put("note", note);
    }
  }

  private static void putEvidence(Fields fields, ObjectNode content) {
    if (!fields.has("evidence")) {
      return;
    }
    ArrayNode list = content.putArray("evidence");
    for (Fields one : fields.objects("evidence")) {
      ObjectNode piece = list.addObject();
      piece.put("sha256", hash(one, "sha256"));
      Texts.url(one, "uri").ifPresent(uri -> piece.put("uri", uri));
      String note = Texts.optional(one, "note", EVIDENCE_NOTE_MAX);
      if (!note.isEmpty()) {
        Scan.of(Said.text("evidence", note)).orRefuse();
        piece.put("note", note);
      }
      one.end();
    }
    if (list.size() > EVIDENCE_MAX) {
      throw Refused.field("evidence", "There may be " + EVIDENCE_MAX + " pieces at once");
    }
  }

  private static void check(Step step, ObjectNode content) {
    if (step == Step.DISPUTE && !content.has("note")) {
      throw Refused.field("note", "note is required: it says what the dispute is about");
    }
    if (step == Step.EVIDENCE && content.isEmpty()) {
      throw Refused.field("evidence", "evidence or a note is required");
    }
  }

  /// Checks what is delivered against what was agreed.
  ///
  /// @throws Refused where it does not fit
  void checkOutput(JobTerms terms) {
    if (output.isPresent()) {
      JsonNode read = OutputSchema.read(output.get());
      terms.outputSchema().ifPresent(schema -> OutputSchema.check(schema, read));
    } else if (step == Step.SUBMIT && terms.outputSchema().isPresent()) {
      throw Refused.field("output", "The job has an output_schema, so output is required");
    }
  }

  /// Adds what it says to a move.
  void addTo(ObjectNode move) {
    Iterator<Map.Entry<String, JsonNode>> members = content.properties().iterator();
    while (members.hasNext()) {
      Map.Entry<String, JsonNode> member = members.next();
      move.set(member.getKey(), member.getValue());
    }
  }
}
