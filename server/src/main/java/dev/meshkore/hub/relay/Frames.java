package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The JSON that goes to clients. What is made for every message is put together from bytes; names
/// and ids in it are of alphabets that need no escapes. The rest is written by the JSON library.
final class Frames {
  private static final byte[] MESSAGE_HEAD = ascii("{\"type\":\"message\",\"sequence\":");

  private Frames() {}

  /// The first member of a message's content.
  static byte[] idMember(String id) {
    return ascii("\"id\":\"" + id + "\",");
  }

  /// The rest of a message's content, the payload copied as it came.
  static byte[] envelope(Draft draft, String from, long sentAtMs, long expiresAtMs) {
    var head = new StringBuilder(160);
    head.append("\"from\":\"").append(from);
    if (draft.channel() == null) {
      head.append("\",\"to\":\"").append(draft.to());
    } else {
      head.append("\",\"channel\":\"").append(draft.channel());
    }
    head.append("\",\"sent_at\":\"").append(Rfc3339.text(sentAtMs)).append('"');
    if (draft.thread() != null) {
      head.append(",\"thread\":\"").append(draft.thread()).append('"');
    }
    if (draft.replyTo() != null) {
      head.append(",\"reply_to\":\"").append(draft.replyTo()).append('"');
    }
    if (expiresAtMs != 0) {
      head.append(",\"expires_at\":\"").append(Rfc3339.text(expiresAtMs)).append('"');
    }
    head.append(",\"payload\":");
    byte[] first = ascii(head.toString());
    byte[] whole = new byte[first.length + draft.payloadLength() + 1];
    System.arraycopy(first, 0, whole, 0, first.length);
    System.arraycopy(
        draft.source(), draft.payloadStart(), whole, first.length, draft.payloadLength());
    whole[whole.length - 1] = '}';
    return whole;
  }

  /// What precedes a message's content.
  static byte[] messageHead(long sequence) {
    byte[] digits = ascii(Long.toString(sequence));
    byte[] head = new byte[MESSAGE_HEAD.length + digits.length + 1];
    System.arraycopy(MESSAGE_HEAD, 0, head, 0, MESSAGE_HEAD.length);
    System.arraycopy(digits, 0, head, MESSAGE_HEAD.length, digits.length);
    head[head.length - 1] = ',';
    return head;
  }

  /// A whole message, with its state where the reader is its sender.
  static void message(ByteArrayOutputStream out, Stored message, @Nullable String state) {
    out.writeBytes(messageHead(message.sequence()));
    if (state != null) {
      out.writeBytes(ascii("\"state\":\"" + state + "\","));
    }
    out.write(message.bytes(), message.start(), message.length());
  }

  /// The answer to a send, as JSON for REST and for a WebSocket.
  static byte[] sent(Sent sent, boolean asFrame, @Nullable String ref) {
    var out = new StringBuilder(160).append('{');
    if (asFrame) {
      out.append("\"type\":\"receipt\",");
    }
    if (ref != null) {
      out.append("\"ref\":\"").append(ref).append("\",");
    }
    out.append("\"state\":\"").append(sent.state());
    out.append("\",\"id\":\"").append(sent.id());
    if (sent.channel() == null) {
      out.append("\",\"to\":\"").append(sent.to());
      out.append("\",\"sequence\":").append(sent.sequence());
    } else {
      out.append("\",\"channel\":\"").append(sent.channel());
      out.append("\",\"recipients\":").append(sent.recipients());
    }
    out.append(",\"sent_at\":\"").append(Rfc3339.text(sent.sentAtMs())).append("\"}");
    return ascii(out.toString());
  }

  /// The answer to a send that was not accepted.
  static byte[] refused(@Nullable String ref, @Nullable String id, Refused refused) {
    ObjectNode frame = typed("receipt", ref);
    if (id != null) {
      frame.put("id", id);
    }
    frame.put("state", State.REFUSED.word());
    frame.set("problem", Problems.body(refused));
    return Json.bytes(frame);
  }

  /// The answer to a frame that could not be understood.
  static byte[] problem(@Nullable String ref, Refused refused) {
    ObjectNode frame = typed("problem", ref);
    frame.set("problem", Problems.body(refused));
    return Json.bytes(frame);
  }

  /// A watermark: every message to this recipient up to this sequence is in this state.
  static byte[] receipt(String to, State state, long sequence, String id, long atMs) {
    return ascii(
        "{\"type\":\"receipt\",\"to\":\""
            + to
            + "\",\"state\":\""
            + state.word()
            + "\",\"sequence\":"
            + sequence
            + ",\"id\":\""
            + id
            + "\",\"at\":\""
            + Rfc3339.text(atMs)
            + "\"}");
  }

  /// Members of a channel for whom one message is in this state.
  static byte[] channelReceipt(
      String channel, State state, String id, List<String> agents, long atMs) {
    ObjectNode frame = typed("receipt", null);
    frame.put("channel", channel);
    frame.put("id", id);
    frame.put("state", state.word());
    var names = frame.putArray("agents");
    agents.forEach(names::add);
    frame.put("at", Rfc3339.text(atMs));
    return Json.bytes(frame);
  }

  /// The first frame of a session.
  static byte[] welcome(String agentId, long head, long acknowledged, long after) {
    return ascii(
        "{\"type\":\"welcome\",\"agent_id\":\""
            + agentId
            + "\",\"head\":"
            + head
            + ",\"acknowledged\":"
            + acknowledged
            + ",\"after\":"
            + after
            + "}");
  }

  /// Whether an agent is online, and what it says of itself.
  static byte[] presence(String agentId, boolean online, String status) {
    return ascii(
        "{\"type\":\"presence\",\"agent_id\":\""
            + agentId
            + "\",\"online\":"
            + online
            + ",\"status\":\""
            + status
            + "\"}");
  }

  static byte[] challenge(String challenge) {
    return Json.bytes(typed("challenge", null).put("challenge", challenge));
  }

  /// A frame of one type with the ref of what it answers.
  static ObjectNode typed(String type, @Nullable String ref) {
    ObjectNode frame = Json.object();
    frame.put("type", type);
    if (ref != null) {
      frame.put("ref", ref);
    }
    return frame;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
