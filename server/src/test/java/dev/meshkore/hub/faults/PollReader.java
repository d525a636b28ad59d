package dev.meshkore.hub.faults;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/// Reads by polling; each poll acknowledges what the one before returned.
final class PollReader implements Load.Work {
  private final Load load;
  private final Player player;

  PollReader(Load load, Player player) {
    this.load = load;
    this.player = player;
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    var stream = new InboxStream(load.history(), player.id);
    String query = "";
    long asked = 0;
    while (load.isReading()) {
      Player.Answer answer = player.get("/messages?limit=200&wait=1" + query);
      if (answer.status() == 401) {
        player.register();
        return false;
      }
      if (answer.status() != 200) {
        return false;
      }
      stream.acknowledged(asked);
      JsonNode messages = answer.body().get("messages");
      for (JsonNode message : messages) {
        long sequence = message.get("sequence").asLong();
        if (stream.last() < 0) {
          stream.welcome(sequence - 1, sequence - 1);
        }
        stream.message(sequence, message.get("id").asString());
      }
      asked = answer.body().get("after").asLong();
      query = "&after=" + asked;
    }
    return true;
  }
}
