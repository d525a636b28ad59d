package dev.meshkore.hub.courier;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Correspondent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// Tells an agent of the hub what an outside agent answers. The id of what is told comes from what
/// it says, so that what is told twice, after a restart or by a stream and by asking, arrives once.
final class Answers {
  private static final int ID_CHARACTERS = 40;

  private final Correspondent remote;

  Answers(Correspondent remote) {
    this.remote = remote;
  }

  /// Whom an answer goes to, and what it answers.
  ///
  /// @param to the agent's id
  /// @param thread the thread, or ""
  /// @param replyTo the message that is answered
  record Address(String to, String thread, String replyTo) {}

  /// Stores an answer.
  ///
  /// @param about what it says, as text that is the same each time
  /// @throws Later when it cannot be stored now
  void tell(Address address, String about, ObjectNode payload) {
    String id = "a2a-" + hash(address.to() + "\n" + about).substring(0, ID_CHARACTERS);
    try {
      remote.send(message(address, id, payload));
    } catch (JacksonException failure) {
      tellLess(address, id, payload, unreadable());
    } catch (Refused refused) {
      switch (refused.type()) {
        case INBOX_FULL, BUSY, STOPPING, IN_DOUBT, STORAGE_FULL, RATE_LIMITED ->
            throw new Later(refused);
        case UNKNOWN_RECIPIENT, CONTACT_REQUIRED, CIRCUIT_OPEN, BUDGET_EXHAUSTED, STOPPED -> {
          // Whoever asked takes no answer now; others' messages must not wait for it.
        }
        default -> tellLess(address, id, payload, refused);
      }
    }
  }

  /// What is too large or nests too deep is told without its content.
  private void tellLess(Address address, String id, ObjectNode payload, Refused why) {
    ObjectNode less = Payloads.ofFailure(payload.path("task_id").asString(""), why);
    less.put("type", payload.path("type").asString("task"));
    less.put("state", payload.path("state").asString("completed"));
    try {
      remote.send(message(address, id, less));
    } catch (Refused refused) {
      throw new Later(refused);
    }
  }

  private static byte[] message(Address address, String id, ObjectNode payload) {
    ObjectNode message = Json.object().put("to", address.to()).put("id", id);
    message.put("reply_to", address.replyTo());
    if (!address.thread().isEmpty()) {
      message.put("thread", address.thread());
    }
    message.set("payload", payload);
    return Json.bytes(message);
  }

  private static Refused unreadable() {
    return new Refused(ProblemType.OUTSIDE_AGENT_FAILED, "The answer is not readable as text");
  }

  static String hash(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
