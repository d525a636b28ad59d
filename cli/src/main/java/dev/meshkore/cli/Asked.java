package dev.meshkore.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a call asks for, as the text must say it that is signed for it.
interface Asked {
  /// Adds all that the text says besides its version, the hub and the agent. What the hub alone can
  /// know is taken from what it shows.
  void addTo(ObjectNode move, JsonNode shown);

  /// What is to be said with the signature, because the hub sets it anew for each call.
  default ObjectNode besides(JsonNode shown) {
    return Json.object();
  }

  /// Takes a number of the hub's.
  static void number(JsonNode shown, ObjectNode move, String name) {
    if (shown.path(name).isIntegralNumber()) {
      move.set(name, shown.path(name));
    }
  }

  /// Takes a word of the hub's.
  static void word(JsonNode shown, ObjectNode move, String name) {
    if (shown.path(name).isString()) {
      move.set(name, shown.path(name));
    }
  }

  /// Takes a number that was said, or else the hub's.
  static void number(JsonNode said, JsonNode shown, ObjectNode move, String name) {
    number(said.has(name) ? said : shown, move, name);
  }

  /// Takes a word that was said, or else the hub's.
  static void word(JsonNode said, JsonNode shown, ObjectNode move, String name) {
    word(said.has(name) ? said : shown, move, name);
  }

  /// Takes a text that was said; one that is empty says nothing.
  static void text(JsonNode said, ObjectNode move, String name) {
    if (!Json.text(said, name).isEmpty()) {
      move.put(name, Json.text(said, name));
    }
  }
}
