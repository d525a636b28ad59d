package dev.meshkore.hub.intent;

import dev.meshkore.hub.http.Json;
import java.time.LocalDateTime;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was understood, as short as a person would write it down: the form of `requests.jsonl`.
final class Told {
  private Told() {}

  /// All fields but the words to rank by, the notes and the interpreter.
  static ObjectNode of(Understood understood) {
    ObjectNode told = Json.object();
    add(told, "must", understood.must());
    add(told, "nice", understood.nice());
    add(told, "not", understood.not());
    Deadline deadline = understood.deadline();
    if (deadline != null) {
      var at = LocalDateTime.ofInstant(deadline.at(), deadline.zone());
      told.put("deadline", at + " " + deadline.zone());
    }
    Budget budget = understood.budget();
    if (budget != null) {
      String per = budget.per().isEmpty() ? "" : " per " + budget.per();
      told.put("budget", budget.atoms() + "/" + budget.decimals() + " " + budget.asset() + per);
    }
    if (understood.isNow()) {
      told.put("now", true);
    }
    if (understood.latencyMax() != null) {
      told.put("latency", understood.latencyMax().toMillis());
    }
    return told;
  }

  private static void add(ObjectNode told, String name, Requirements requirements) {
    if (requirements.isEmpty()) {
      return;
    }
    ObjectNode written = told.putObject(name);
    ArrayNode words = Json.object().arrayNode();
    requirements.words().forEach(words::add);
    put(written, "words", words);
    ArrayNode pairs = words.arrayNode();
    requirements.pairs().forEach(pair -> pairs.add(pair.from() + ">" + pair.to()));
    put(written, "pairs", pairs);
    ArrayNode languages = words.arrayNode();
    requirements.languages().forEach(languages::add);
    put(written, "languages", languages);
    ArrayNode places = words.arrayNode();
    for (Place place : requirements.places()) {
      boolean isCity = place.kind() == Place.Kind.CITY;
      places.add(place.kind().word() + ":" + place.code() + (isCity ? ":" + place.name() : ""));
    }
    put(written, "places", places);
    ArrayNode certifications = words.arrayNode();
    requirements.certifications().forEach(certifications::add);
    put(written, "certifications", certifications);
  }

  private static void put(ObjectNode told, String name, ArrayNode list) {
    if (!list.isEmpty()) {
      told.set(name, list);
    }
  }
}
