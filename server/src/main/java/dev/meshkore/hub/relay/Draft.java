package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A message that somebody wants to send. The payload is a part of the bytes that came in, already
/// checked to be JSON.
///
/// @param to the recipient's id; null for a channel's message
/// @param channel the channel's id; null for a direct message
/// @param id the id that the sender chose
/// @param thread what it belongs to
/// @param replyTo the id that it answers
/// @param expiresIn seconds; 0 for never
/// @param ref what the answer carries back
/// @param source bytes that hold the payload
/// @param payloadStart where it begins
/// @param payloadLength its bytes
record Draft(
    @Nullable String to,
    @Nullable String channel,
    @Nullable String id,
    @Nullable String thread,
    @Nullable String replyTo,
    long expiresIn,
    @Nullable String ref,
    byte[] source,
    int payloadStart,
    int payloadLength) {

  /// The longest that a message may wait, in seconds: 30 days.
  static final long EXPIRES_IN_MAX = 2_592_000;

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
  private static final Pattern ANY_ID = Pattern.compile("[A-Za-z0-9._~:-]{1,200}");

  /// Refuses a payload that is larger than may be.
  void checkSize(int payloadBytesMax) {
    if (payloadLength > payloadBytesMax) {
      throw new Refused(
          ProblemType.MESSAGE_TOO_LARGE,
          "The payload has " + payloadLength + " bytes; the limit is " + payloadBytesMax,
          Map.of("limit", payloadBytesMax));
    }
  }

  /// The same message to an agent of this id.
  Draft addressedTo(String agentId) {
    return new Draft(
        agentId, channel, id, thread, replyTo, expiresIn, ref, source, payloadStart, payloadLength);
  }

  /// An id, thread or ref that a client chose.
  static String token(String field, String text) {
    if (!TOKEN.matcher(text).matches()) {
      throw Refused.field(field, field + " must be 1 to 128 of A-Z a-z 0-9 . _ ~ -");
    }
    return text;
  }

  /// True for what can be a message id, whoever chose it.
  static boolean isAnyId(String text) {
    return ANY_ID.matcher(text).matches();
  }

  /// A message id, whoever chose it.
  static String anyId(String field, String text) {
    if (!isAnyId(text)) {
      throw Refused.field(field, field + " must be a message id");
    }
    return text;
  }
}
