package dev.meshkore.hub.intent;

/// How much a part of a request matters, by the words around it.
enum Scope {
  /// Nothing was said of it.
  PLAIN,
  MUST,
  NICE,
  NOT,
  /// It was said that it does not matter.
  NEEDLESS
}
