package dev.meshkore.hub.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// Reads by Server-Sent Events and acknowledges by requests of their own.
final class EventReader implements Load.Work {
  private static final int ACKNOWLEDGE_EVERY = 16;

  private final Load load;
  private final Player player;

  EventReader(Load load, Player player) {
    this.load = load;
    this.player = player;
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    if (!load.isReading()) {
      return true;
    }
    var stream = new InboxStream(load.history(), player.id);
    HttpRequest request =
        HttpRequest.newBuilder(load.hub().uri("/events"))
            .header("Authorization", "Bearer " + player.token())
            .build();
    HttpResponse<InputStream> response =
        player.http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() == 401) {
      player.register();
      return false;
    }
    if (response.statusCode() != 200) {
      return false;
    }
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        boolean isMessage =
            line.startsWith("data:") && stream.took(Player.JSON.readTree(line.substring(5)));
        if (isMessage && stream.unacknowledged() >= ACKNOWLEDGE_EVERY) {
          acknowledge(stream);
        }
        if (!load.isReading()) {
          return true;
        }
      }
    }
    return false;
  }

  private void acknowledge(InboxStream stream) throws IOException, InterruptedException {
    Player.Answer answer = player.acknowledge(stream.ask());
    if (answer.status() == 200) {
      stream.acknowledged(answer.body().get("acknowledged").asLong());
    } else if (answer.status() == 401) {
      player.register();
    }
  }
}
