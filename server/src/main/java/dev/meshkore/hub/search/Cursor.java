package dev.meshkore.hub.search;

import dev.meshkore.hub.problem.Refused;
import java.nio.ByteBuffer;
import java.util.Base64;

/// The place in a list of results after which a page begins.
///
/// @param score of the last result of the page before; 0 in a list by time
/// @param place where that message is
record Cursor(float score, long place) {
  private static final int CHARACTERS = 16;

  String text() {
    byte[] bytes =
        ByteBuffer.allocate(Float.BYTES + Long.BYTES).putFloat(score).putLong(place).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// Reads what [#text] wrote.
  ///
  /// @throws Refused when it did not
  static Cursor read(String text) {
    if (text.length() == CHARACTERS) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        var cursor = new Cursor(bytes.getFloat(), bytes.getLong());
        if (Float.isFinite(cursor.score()) && cursor.score() >= 0 && cursor.place() >= 0) {
          return cursor;
        }
      } catch (IllegalArgumentException _) {
        // Answered below, like any other text that is no cursor.
      }
    }
    throw Refused.field("cursor", "cursor must be the next of the page before");
  }
}
