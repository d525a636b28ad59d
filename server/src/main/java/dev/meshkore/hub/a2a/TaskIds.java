package dev.meshkore.hub.a2a;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names of tasks, which tell by their form what they are: a message that belongs to one is
/// known by its thread, or by the id that it answers, without looking anything up. They follow from
/// who sent what, so a message that is sent again finds its task.
final class TaskIds {
  private static final String PREFIX = "a2a-";
  private static final int HASH_LENGTH = 22;
  private static final int LENGTH = PREFIX.length() + HASH_LENGTH;
  private static final Pattern FORM = Pattern.compile("a2a-[A-Za-z0-9_-]{22}");

  private TaskIds() {}

  /// The task that a caller's message to an agent begins.
  static String ofFirstMessage(long caller, long agent, String messageId) {
    return PREFIX + hash(caller + " " + agent + " " + messageId);
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
    return text.length() == LENGTH && FORM.matcher(text).matches();
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
