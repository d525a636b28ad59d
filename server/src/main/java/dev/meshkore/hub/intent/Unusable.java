package dev.meshkore.hub.intent;

/// A model did not answer with something that can be used. The reason is the hub's own words, never
/// the model's.
final class Unusable extends Exception {
  private final String reason;

  Unusable(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
