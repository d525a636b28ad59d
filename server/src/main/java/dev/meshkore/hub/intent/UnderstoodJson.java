package dev.meshkore.hub.intent;

import dev.meshkore.hub.http.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes what was understood as JSON.
final class UnderstoodJson {
  private static final int WANTED_CHARACTERS_MAX = 1_000;

  private UnderstoodJson() {}

  static ObjectNode write(Understood understood) {
    ObjectNode json = Json.object();
    json.put("wanted", cut(understood.wanted()));
    add(json, "must", understood.must());
    add(json, "nice", understood.nice());
    add(json, "not", understood.not());
    Deadline deadline = understood.deadline();
    if (deadline != null) {
      json.putObject("deadline")
          .put("at", deadline.at().toString())
          .put("zone", deadline.zone().getId())
          .put("said", deadline.said());
    }
    Budget budget = understood.budget();
    if (budget != null) {
      ObjectNode written = json.putObject("budget");
      written.put("atoms", budget.atoms().toString()).put("decimals", budget.decimals());
      written.put("asset", budget.asset());
      if (!budget.per().isEmpty()) {
        written.put("per", budget.per());
      }
    }
    if (understood.isNow()) {
      json.put("now", true);
    }
    if (understood.latencyMax() != null) {
      json.put("latency_ms_max", understood.latencyMax().toMillis());
    }
    json.put("by", understood.by());
    add(json, "notes", understood.notes());
    return json;
  }

  private static void add(ObjectNode json, String name, Requirements requirements) {
    if (requirements.isEmpty()) {
      return;
    }
    ObjectNode written = json.putObject(name);
    add(written, "words", requirements.words());
    if (!requirements.pairs().isEmpty()) {
      ArrayNode pairs = written.putArray("pairs");
      requirements
          .pairs()
          .forEach(pair -> pairs.addObject().put("from", pair.from()).put("to", pair.to()));
    }
    add(written, "languages", requirements.languages());
    if (!requirements.places().isEmpty()) {
      ArrayNode places = written.putArray("places");
      for (Place place : requirements.places()) {
        places
            .addObject()
            .put("kind", place.kind().word())
            .put("code", place.code())
            .put("name", place.name());
      }
    }
    add(written, "certifications", requirements.certifications());
  }

  private static void add(ObjectNode json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode written = json.putArray(name);
      texts.forEach(written::add);
    }
  }

  private static String cut(String text) {
    if (text.length() <= WANTED_CHARACTERS_MAX) {
      return text;
    }
    boolean isSplit = Character.isHighSurrogate(text.charAt(WANTED_CHARACTERS_MAX - 1));
    return text.substring(0, WANTED_CHARACTERS_MAX - (isSplit ? 1 : 0)) + "…";
  }
}
