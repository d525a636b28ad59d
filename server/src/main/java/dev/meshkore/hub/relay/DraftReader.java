package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamConstraintsException;

/// Reads what a client sends, field by field, without ever building the payload: it is checked to
/// be JSON, and its place in the bytes is noted. The same reader serves every frame of a WebSocket.
final class DraftReader {
  /// A frame of a WebSocket.
  ///
  /// @param type what it wants
  /// @param draft the message of a `send`, and `ref` of any frame
  /// @param sequence of an `ack`; negative when absent
  /// @param token of a `hello`
  /// @param key of a `hello` that is signed
  /// @param signature of a `hello` that is signed
  /// @param after of a `hello`; negative when absent
  /// @param status of a `status`
  /// @param agents of a `watch`
  record Frame(
      String type,
      Draft draft,
      long sequence,
      @Nullable String token,
      @Nullable String key,
      @Nullable String signature,
      long after,
      @Nullable String status,
      @Nullable List<String> agents) {}

  /// Reads the body of `POST /send`.
  Draft readSend(byte[] json) {
    var reading = new Reading(json, Reading.SEND);
    reading.run();
    if (reading.to == null) {
      throw Refused.field(
          "to", "to is required and must be an agent id, or the URL of an A2A agent");
    }
    return reading.draft();
  }

  /// Reads the body of `POST /channels/{id}/send`.
  Draft readChannelSend(byte[] json, String channel) {
    var reading = new Reading(json, Reading.CHANNEL_SEND);
    reading.run();
    reading.channel = channel;
    return reading.draft();
  }

  /// Reads one frame of a WebSocket.
  Frame readFrame(byte[] json) {
    var reading = new Reading(json, Reading.FRAME);
    reading.run();
    String type = reading.type;
    if (type == null) {
      throw Refused.field("type", "type is required");
    }
    if (type.equals("send")) {
      if ((reading.to == null) == (reading.channel == null)) {
        throw Refused.field("to", "a send names either to or channel");
      }
      return reading.frame(type, reading.draft());
    }
    return reading.frame(type, reading.draftWithoutPayload());
  }

  /// The `ref` of a frame that was refused, if it can be found, so that the answer can carry it.
  static @Nullable String refOf(byte[] json) {
    return find(json, "ref");
  }

  /// True for a frame that wants to send, as far as it can be read.
  static boolean isSend(byte[] json) {
    return "send".equals(find(json, "type"));
  }

  /// The `id` of a send that was refused, if it can be found.
  static @Nullable String idOf(byte[] json) {
    return find(json, "id");
  }

  private static @Nullable String find(byte[] json, String name) {
    try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String found = parser.currentName();
        JsonToken value = parser.nextToken();
        if (found.equals(name) && value == JsonToken.VALUE_STRING) {
          String text = parser.getString();
          return Draft.token(name, text);
        }
        parser.skipChildren();
      }
      return null;
    } catch (JacksonException | Refused _) {
      return null;
    }
  }

  /// One pass over one object. Not shared between threads.
  private static final class Reading {
    private static final String[] CONTENT = {"payload", "id", "thread", "reply_to", "expires_in"};
    static final int SEND = bits("to") | bits(CONTENT);
    static final int CHANNEL_SEND = bits(CONTENT);
    static final int FRAME =
        SEND
            | bits("type", "channel", "ref", "sequence", "token", "after", "status", "agents")
            | bits("key", "signature");

    private final byte[] json;
    private final int known;
    private int seen;
    private @Nullable String type;
    private @Nullable String to;
    private @Nullable String channel;
    private @Nullable String id;
    private @Nullable String thread;
    private @Nullable String replyTo;
    private @Nullable String ref;
    private @Nullable String token;
    private @Nullable String key;
    private @Nullable String signature;
    private @Nullable String status;
    private @Nullable List<String> agents;
    private long expiresIn;
    private long sequence = -1;
    private long after = -1;
    private int payloadStart = -1;
    private int payloadLength;

    Reading(byte[] json, int known) {
      this.json = json;
      this.known = known;
    }

    void run() {
      if (!Utf8.isJsonText(json)) {
        throw new Refused(ProblemType.MALFORMED_JSON, "This is not valid UTF-8");
      }
      try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), json)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new Refused(ProblemType.MALFORMED_JSON, "This must be one JSON object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          member(parser, parser.currentName());
        }
        if (parser.nextToken() != null) {
          throw new Refused(ProblemType.MALFORMED_JSON, "Something follows the JSON object");
        }
      } catch (StreamConstraintsException _) {
        throw Refused.field(
            "payload", "The payload nests deeper than " + Json.PAYLOAD_DEPTH_MAX + " levels");
      } catch (JacksonException failure) {
        throw Fields.malformed(failure);
      }
    }

    private void member(JsonParser parser, String name) {
      int bit = bit(name);
      if ((known & bit) == 0) {
        throw unknown(name);
      }
      if ((seen & bit) != 0) {
        throw new Refused(ProblemType.MALFORMED_JSON, "The field " + name + " is there twice");
      }
      seen |= bit;
      JsonToken value = parser.nextToken();
      switch (name) {
        case "payload" -> payload(parser);
        case "type" -> type = text(parser, value, name);
        case "to" -> to = name(parser, value, name);
        case "channel" -> channel = name(parser, value, name);
        case "token" -> token = text(parser, value, name);
        case "key" -> key = text(parser, value, name);
        case "signature" -> signature = text(parser, value, name);
        case "status" -> status = text(parser, value, name);
        case "id" -> id = optionalToken(parser, value, name);
        case "thread" -> thread = optionalToken(parser, value, name);
        case "ref" -> ref = optionalToken(parser, value, name);
        case "reply_to" ->
            replyTo =
                value == JsonToken.VALUE_NULL ? null : Draft.anyId(name, text(parser, value, name));
        case "expires_in" ->
            expiresIn =
                value == JsonToken.VALUE_NULL
                    ? 0
                    : number(parser, value, name, 1, Draft.EXPIRES_IN_MAX);
        case "sequence" -> sequence = number(parser, value, name, 0, Long.MAX_VALUE);
        case "after" -> after = number(parser, value, name, 0, Long.MAX_VALUE);
        case "agents" -> agents = texts(parser, value, name);
        default -> throw unknown(name);
      }
    }

    /// One bit for each member that any request has; none for other names.
    private static int bit(String name) {
      return switch (name) {
        case "payload" -> 1;
        case "to" -> 1 << 1;
        case "id" -> 1 << 2;
        case "thread" -> 1 << 3;
        case "reply_to" -> 1 << 4;
        case "expires_in" -> 1 << 5;
        case "type" -> 1 << 6;
        case "channel" -> 1 << 7;
        case "ref" -> 1 << 8;
        case "sequence" -> 1 << 9;
        case "token" -> 1 << 10;
        case "after" -> 1 << 11;
        case "status" -> 1 << 12;
        case "agents" -> 1 << 13;
        case "key" -> 1 << 14;
        case "signature" -> 1 << 15;
        default -> 0;
      };
    }

    private static int bits(String... names) {
      int all = 0;
      for (String name : names) {
        all |= bit(name);
      }
      return all;
    }

    private static Refused unknown(String name) {
      return Refused.field(name, "There is no field of this name here");
    }

    private void payload(JsonParser parser) {
      payloadStart = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      parser.finishToken();
      payloadLength = (int) parser.currentLocation().getByteOffset() - payloadStart;
    }

    private static String text(JsonParser parser, JsonToken value, String name) {
      return Utf8.text(name, name(parser, value, name));
    }

    /// A name that nobody can have is not refused: there is nobody of that name.
    private static String name(JsonParser parser, JsonToken value, String name) {
      if (value != JsonToken.VALUE_STRING) {
        throw Refused.field(name, name + " must be text");
      }
      return parser.getString();
    }

    private static @Nullable String optionalToken(JsonParser parser, JsonToken value, String name) {
      return value == JsonToken.VALUE_NULL ? null : Draft.token(name, text(parser, value, name));
    }

    private static long number(
        JsonParser parser, JsonToken value, String name, long least, long most) {
      if (value == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        long number = parser.getLongValue();
        if (number >= least && number <= most) {
          return number;
        }
      }
      String bounds = most == Long.MAX_VALUE ? " or more" : " to " + most;
      throw Refused.field(name, name + " must be a whole number, " + least + bounds);
    }

    private static List<String> texts(JsonParser parser, JsonToken value, String name) {
      var texts = new ArrayList<String>();
      if (value == JsonToken.START_ARRAY) {
        for (JsonToken item = parser.nextToken();
            item != JsonToken.END_ARRAY;
            item = parser.nextToken()) {
          texts.add(text(parser, item, name));
        }
        return texts;
      }
      throw Refused.field(name, name + " must be a list of texts");
    }

    Draft draft() {
      if (payloadStart < 0) {
        throw Refused.field("payload", "payload is required; null is a payload too");
      }
      return draftWithoutPayload();
    }

    Draft draftWithoutPayload() {
      return new Draft(
          to, channel, id, thread, replyTo, expiresIn, ref, json, payloadStart, payloadLength);
    }

    Frame frame(String of, Draft draft) {
      return new Frame(of, draft, sequence, token, key, signature, after, status, agents);
    }
  }
}
