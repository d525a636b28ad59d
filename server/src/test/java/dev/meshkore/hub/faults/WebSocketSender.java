package dev.meshkore.hub.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import tools.jackson.databind.JsonNode;

/// Sends with several messages under way. What was not answered when the connection broke is sent
/// again, in the same order, on the next.
final class WebSocketSender implements Load.Work {
  private static final int WINDOW = 8;
  private static final int AGAIN_EVERY = 16;
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final Load load;
  private final Player player;
  private final ArrayDeque<History.Send> pending = new ArrayDeque<>();
  private long number;

  WebSocketSender(Load load, Player player) {
    this.load = load;
    this.player = player;
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    try (Socket socket = Socket.open(player, "")) {
      for (History.Send send : pending) {
        socket.send(frame(send));
      }
      while (!pending.isEmpty() || load.isSending()) {
        fill(socket);
        JsonNode frame = socket.next(ANSWER);
        if (frame == null) {
          load.history().violation(player.id + " got no answer within " + ANSWER);
          return true;
        }
        if (frame.has("ref")) {
          answered(socket, frame);
        }
      }
      return true;
    } finally {
      pending.forEach(send -> send.wasInDoubt = true);
    }
  }

  private void fill(Socket socket) throws IOException {
    while (pending.size() < WINDOW && load.isSending()) {
      number++;
      History.Send send = load.history().asked(player.id, load.recipient(number), number);
      pending.add(send);
      socket.send(frame(send));
    }
  }

  private void answered(Socket socket, JsonNode frame) throws IOException {
    History.Send send = pending.remove();
    if (!frame.get("ref").asString().equals(send.id)) {
      load.history().violation(player.id + " got the answer of " + frame + " before " + send);
    }
    switch (frame.path("state").asString("")) {
      case "refused" -> {
        String type = frame.path("problem").path("type").asString("");
        load.history().refused(send, type.substring(type.lastIndexOf('/') + 1));
      }
      case "" -> load.history().violation(send + " was answered with " + frame);
      default -> {
        load.history()
            .accepted(
                send,
                frame.path("to").asString(""),
                frame.path("sequence").asLong(-1),
                frame.path("sent_at").asString(""));
        if (send.number % AGAIN_EVERY == 0 && load.isSending() && !send.wasSentAgain) {
          send.wasSentAgain = true;
          pending.add(send);
          socket.send(frame(send));
        }
      }
    }
  }

  private static String frame(History.Send send) {
    return Player.sendBody(send, "\"type\":\"send\",\"ref\":\"" + send.id + "\",");
  }
}
