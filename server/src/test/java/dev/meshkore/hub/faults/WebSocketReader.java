package dev.meshkore.hub.faults;

import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Reads by WebSocket and acknowledges there: every message in order, from where it stopped.
final class WebSocketReader implements Load.Work {
  private static final int ACKNOWLEDGE_EVERY = 8;
  private static final Duration SILENCE = Duration.ofMillis(200);

  private final Load load;
  private final Player player;

  WebSocketReader(Load load, Player player) {
    this.load = load;
    this.player = player;
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    var stream = new InboxStream(load.history(), player.id);
    try (Socket socket = Socket.open(player, "")) {
      while (load.isReading()) {
        JsonNode frame = socket.next(SILENCE);
        if (frame == null) {
          acknowledge(socket, stream);
        } else if (frame.path("type").asString("").equals("acknowledged")) {
          stream.acknowledged(frame.get("sequence").asLong());
        } else if (stream.took(frame) && stream.unacknowledged() >= ACKNOWLEDGE_EVERY) {
          acknowledge(socket, stream);
        }
      }
    }
    return true;
  }

  private static void acknowledge(Socket socket, InboxStream stream) throws IOException {
    if (stream.unacknowledged() > 0) {
      long last = stream.ask();
      socket.send("{\"type\":\"ack\",\"sequence\":" + last + ",\"ref\":\"a\"}");
    }
  }
}
