package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.Refused;

/// A place in a conversation: paging through history goes from place to place.
///
/// @param position the journal's row
/// @param offset where in the row
record Place(long position, int offset) {
  /// After every message.
  static final Place END = new Place(Long.MAX_VALUE, Integer.MAX_VALUE);

  static Place of(Stored message) {
    return new Place(message.position(), message.offset());
  }

  /// Reads a cursor that [#cursor] wrote.
  static Place read(String cursor) {
    String[] parts = cursor.split("\\.", -1);
    try {
      if (parts.length == 2) {
        return new Place(Long.parseLong(parts[0], 36), Integer.parseInt(parts[1], 36));
      }
    } catch (NumberFormatException _) {
      // Answered below, like any other text that is no cursor.
    }
    throw Refused.field("before", "before must be a cursor from an earlier answer's next");
  }

  String cursor() {
    return Long.toString(position, 36) + "." + Integer.toString(offset, 36);
  }

  boolean isAfter(Stored message) {
    return message.position() < position
        || (message.position() == position && message.offset() < offset);
  }
}
