package dev.meshkore.hub.a2a;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The names of tasks, which tell by their form what they are: a message that belongs to one is
/// known by its thread, or by the id that it answers, without looking anything up. They begin with
/// the time, so that the tables that are sorted by them grow at their end; what follows is random.
final class TaskIds {
  private static final String PREFIX = "a2a-";
  private static final int HASH_LENGTH = 22;
  private static final int LENGTH = PREFIX.length() + HASH_LENGTH;

  /// Six bits each, in the order of their codes.
  private static final String DIGITS =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

  /// As many as a time in milliseconds takes until the year 10889.
  private static final int TIME_DIGITS = 8;

  private TaskIds() {}

  /// A task that begins now.
  static String next(long nowMs, RandomGenerator random) {
    var id = new StringBuilder(LENGTH).append(PREFIX);
    for (int bits = 6 * (TIME_DIGITS - 1); bits >= 0; bits -= 6) {
      id.append(DIGITS.charAt((int) (nowMs >> bits) & 63));
    }
    byte[] drawn = new byte[LENGTH - id.length()];
    random.nextBytes(drawn);
    for (byte bits : drawn) {
      id.append(DIGITS.charAt(bits & 63));
    }
    return id.toString();
  }

  /// What a caller's first message to an agent is known by, so that the task which it began is
  /// found when it is sent again.
  static String first(long caller, long agent, String messageId) {
    return hash(caller + " " + agent + " " + messageId);
  }

  /// The context of a task whose caller named none.
  static String contextOf(String taskId) {
    return "ctx-" + taskId.substring(PREFIX.length());
  }

  /// The hub's id of a caller's message of a task.
  static String message(String taskId, String messageId) {
    return taskId + ".m" + hash(messageId);
  }

  /// The hub's id of the message that tells an agent of the end of a task.
  static String cancellation(String taskId) {
    return taskId + ".cancel";
  }

  /// True for the ids of [#message] and [#cancellation].
  static boolean isMessage(String id) {
    return id.length() > LENGTH && id.charAt(LENGTH) == '.' && isTask(taskOf(id));
  }

  /// The task that a message of this thread, or an answer to this id, belongs to.
  static @Nullable String of(@Nullable String thread, @Nullable String replyTo) {
    if (thread != null && thread.startsWith(PREFIX) && isTask(thread)) {
      return thread;
    }
    if (replyTo != null && replyTo.startsWith(PREFIX) && isMessage(replyTo)) {
      return taskOf(replyTo);
    }
    return null;
  }

  private static boolean isTask(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      if (DIGITS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String taskOf(String id) {
    return id.substring(0, LENGTH);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }
}
