package dev.meshkore.hub.search;

import dev.meshkore.hub.http.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// What can be found of a message: its time, and the texts and numbers of its payload. What only
/// its reader can decrypt has none.
///
/// @param sentAtMs when it was sent
/// @param texts in order
record Said(long sentAtMs, List<String> texts) {
  private static final int OUTSIDE_PAYLOAD = 1;

  /// Reads a message's content.
  static Said of(byte[] content) {
    byte[] json = new byte[content.length + 1];
    json[0] = '{';
    System.arraycopy(content, 0, json, 1, content.length);
    var texts = new ArrayList<String>();
    long sentAtMs = 0;
    int depth = 0;
    boolean isPayload = false;
    boolean isEncrypted = false;
    try (JsonParser in = Json.FACTORY.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.PROPERTY_NAME && depth == OUTSIDE_PAYLOAD) {
          isPayload = "payload".equals(in.currentName());
        } else if (token == JsonToken.VALUE_STRING && depth == OUTSIDE_PAYLOAD && !isPayload) {
          sentAtMs =
              "sent_at".equals(in.currentName())
                  ? Instant.parse(in.getString()).toEpochMilli()
                  : sentAtMs;
        } else if (isPayload && (token == JsonToken.VALUE_STRING || token.isNumeric())) {
          texts.add(in.getString());
          isEncrypted |=
              depth == OUTSIDE_PAYLOAD + 1
                  && "type".equals(in.currentName())
                  && texts.getLast().equals("encrypted");
        }
      }
    } catch (JacksonException _) {
      // What came in under other limits than those of today can still be read, but not found.
      texts.clear();
    }
    return new Said(sentAtMs, isEncrypted ? List.of() : texts);
  }
}
