package dev.meshkore.hub.faults;

import tools.jackson.databind.JsonNode;

/// One connection's view of an inbox, checked as it comes: it starts where it says, has no gaps,
/// and what was acknowledged once stays acknowledged.
final class InboxStream {
  private final History history;
  private final String agent;
  private final long acknowledgedBefore;
  private long last = -1;
  private long asked;

  /// A stream that is about to be opened.
  InboxStream(History history, String agent) {
    this.history = history;
    this.agent = agent;
    this.acknowledgedBefore = history.inbox(agent).acknowledged.get();
  }

  /// Takes a frame; true when it was a message.
  boolean took(JsonNode frame) {
    switch (frame.path("type").asString("")) {
      case "welcome" -> welcome(frame.get("acknowledged").asLong(), frame.get("after").asLong());
      case "message" -> {
        message(frame.get("sequence").asLong(), frame.get("id").asString());
        return true;
      }
      default -> {
        // Receipts and the like say nothing of this inbox.
      }
    }
    return false;
  }

  void welcome(long acknowledged, long after) {
    if (acknowledged < acknowledgedBefore) {
      history.violation(
          agent
              + " had acknowledged "
              + acknowledgedBefore
              + " and is welcomed at "
              + acknowledged);
    }
    last = after;
    asked = after;
  }

  void message(long sequence, String id) {
    if (sequence != last + 1) {
      history.violation(agent + " was handed " + sequence + " after " + last);
    }
    last = sequence;
    history.saw(agent, sequence, id);
  }

  long last() {
    return last;
  }

  /// Messages that were handed over and for which no acknowledgement was asked.
  long unacknowledged() {
    return last - asked;
  }

  /// What to acknowledge now.
  long ask() {
    asked = last;
    return last;
  }

  /// The hub confirmed an acknowledgement.
  void acknowledged(long sequence) {
    history.inbox(agent).acknowledged.accumulateAndGet(sequence, Math::max);
  }
}
