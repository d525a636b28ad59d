package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A step of a job, as it is signed.
///
/// @param said as it is asked for
record JobStep(String jobId, ObjectNode said) implements Asked {
  /// What the text of every step says it is.
  static final String TYPE = "meshkore-job";

  private static final List<String> OF_A_PAYMENT =
      List.of("from", "to", "value", "validAfter", "validBefore", "nonce");

  @Override
  public void addTo(ObjectNode move, JsonNode shown) {
    move.put("type", TYPE).put("job_id", jobId);
    // Which one it is says the hash of the one before.
    Asked.number(shown, move, "sequence");
    move.put("previous", Json.text(said, "previous")).put("step", Json.text(said, "step"));
    if (said.has("output")) {
      var bytes = Json.text(said, "output").getBytes(UTF_8);
      move.put("sha256", Canonical.hash(bytes)).put("output_bytes", bytes.length);
    } else {
      Asked.text(said, move, "sha256");
    }
    Asked.text(said, move, "uri");
    Asked.text(said, move, "note");
    if (said.has("evidence")) {
      move.set("evidence", said.path("evidence"));
    }
    if (said.has("amount")) {
      var share = Money.parse("amount", Asset.CREDIT, Json.text(said, "amount"));
      move.put("atoms", share.atoms());
    }
    if (said.has("payment")) {
      move.set("payment", signedPart(said.path("payment").path("payload")));
    }
  }

  /// What counts of what a wallet has signed.
  private static ObjectNode signedPart(JsonNode payload) {
    var part = Json.object();
    var authorization = part.putObject("authorization");
    OF_A_PAYMENT.forEach(name -> Asked.word(payload.path("authorization"), authorization, name));
    Asked.word(payload, part, "signature");
    Asked.word(payload, part, "salt");
    return part;
  }
}
