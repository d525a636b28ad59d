package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.concurrent.CompletableFuture;

/// An agent that sends by HTTP requests on one connection that is kept alive.
final class RestAgent extends Connection implements Agent {
  /// A request that sends one message. `{to}` stands for the recipient's id, `{id}` for a message
  /// id of the sender's; the payload follows `before`.
  ///
  /// @param head the request line and headers of its own
  /// @param before the body up to the payload
  /// @param after the body after it
  record Form(String head, String before, String after) {
    static final Form REST = new Form("POST /send HTTP/1.1", "{\"to\":\"{to}\",\"payload\":", "}");

    static final Form MCP =
        new Form(
            """
            POST /mcp HTTP/1.1\r
            Accept: application/json, text/event-stream\r
            MCP-Protocol-Version: 2026-07-28\r
            Mcp-Method: tools/call\r
            Mcp-Name: send\
            """,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"_meta\":{"
                + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{}},"
                + "\"name\":\"send\",\"arguments\":{\"to\":\"{to}\",\"payload\":",
            "}}}");

    /// Each opens a task.
    static final Form A2A =
        new Form(
            "POST /agents/{to}/a2a/message:send HTTP/1.1\r\nA2A-Version: 1.0",
            "{\"message\":{\"messageId\":\"{id}\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":",
            "}]},\"configuration\":{\"returnImmediately\":true}}");
  }

  private static final int ID_DIGITS = 9;
  private static final String ID = "message-" + "0".repeat(ID_DIGITS);
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] NOT_DONE = "\"isError\":true".getBytes(US_ASCII);
  private static final byte[] LENGTH = "content-length:".getBytes(US_ASCII);

  private final int index;
  private final Payload payload;
  private final Traffic traffic;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final byte[] request;
  private final int recipientAt;
  private final int idAt;
  private final int payloadAt;
  private long sentStamp;
  private long sentCount;

  RestAgent(Place place, Credentials credentials, String recipient, Form form) {
    super(place.loop());
    index = place.index();
    payload = place.payload();
    traffic = place.traffic();
    String start = form.before().replace("{to}", recipient).replace("{id}", ID);
    int bodyBytes = start.length() + payload.bytes() + form.after().length();
    String head =
        form.head().replace("{to}", recipient)
            + "\r\nHost: "
            + place.host()
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + bodyBytes
            + "\r\nAuthorization: Bearer "
            + credentials.token()
            + "\r\n\r\n";
    String before = head + start;
    payloadAt = before.length();
    recipientAt = before.indexOf(recipient) + recipient.length() - Roster.DIGITS;
    int id = before.indexOf(ID);
    idAt = id < 0 ? -1 : id + ID.length() - ID_DIGITS;
    String text = before + new String(payload.template(), US_ASCII) + form.after();
    request = text.getBytes(US_ASCII);
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready;
  }

  @Override
  void connected() {
    ready.complete(null);
  }

  @Override
  public void send(int recipient, long stamp) {
    sentStamp = stamp;
    Digits.put(request, recipientAt, Roster.DIGITS, Roster.BASE + recipient);
    if (idAt > 0) {
      Digits.put(request, idAt, ID_DIGITS, sentCount++);
    }
    payload.put(request, payloadAt, stamp, index);
    output().writeBytes(request);
  }

  @Override
  public void acknowledge() {
    // Nothing is read on this connection.
  }

  @Override
  int read(byte[] data, int from, int to) {
    int headEnd = Scan.find(data, from, to, HEAD_END);
    if (headEnd < 0) {
      return from;
    }
    int bodyAt = headEnd + HEAD_END.length;
    int end = bodyAt + contentLength(data, from, headEnd);
    if (end > to) {
      return from;
    }
    int status = (int) Digits.readAll(data, from + "HTTP/1.1 ".length(), headEnd);
    boolean isDone = status == 201 || status == 200;
    if (isDone && Scan.find(data, bodyAt, end, NOT_DONE) < 0) {
      traffic.answered(index, sentStamp);
    } else {
      String body = new String(data, bodyAt, Math.min(end - bodyAt, 300), US_ASCII);
      traffic.refused(index, status + " " + body);
    }
    return end;
  }

  /// Header names may come in any case; only lines that start with the right letter are compared.
  private int contentLength(byte[] data, int from, int headEnd) {
    for (int i = from; i < headEnd; i++) {
      if (data[i] == '\n' && isLength(data, i + 1, headEnd)) {
        int at = i + 1 + LENGTH.length;
        while (at < headEnd && data[at] == ' ') {
          at++;
        }
        return (int) Digits.readAll(data, at, headEnd);
      }
    }
    failed("an answer without Content-Length");
    return 0;
  }

  private static boolean isLength(byte[] data, int at, int to) {
    if (to - at < LENGTH.length) {
      return false;
    }
    for (int i = 0; i < LENGTH.length; i++) {
      if ((data[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  @Override
  void failed(String reason) {
    String text = "connection " + index + ": " + reason;
    if (!ready.completeExceptionally(new BenchFailure(text))) {
      traffic.broke(text);
    }
  }
}
