package dev.meshkore.hub.faults;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Sends one message after the other over HTTP.
final class RestSender implements Load.Work {
  private static final int AGAIN_EVERY = 16;

  private final Load load;
  private final Player player;
  private History.@Nullable Send pending;
  private long number;

  RestSender(Load load, Player player) {
    this.load = load;
    this.player = player;
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    while (true) {
      History.Send send = pending;
      if (send == null) {
        if (!load.isSending()) {
          return true;
        }
        number++;
        send = load.history().asked(player.id, load.recipient(number), number);
        pending = send;
      }
      try {
        answered(send, player.send(send));
      } catch (IOException failure) {
        send.wasInDoubt = true;
        throw failure;
      }
    }
  }

  private void answered(History.Send send, Player.Answer answer)
      throws IOException, InterruptedException {
    switch (answer.status()) {
      case 200, 201 -> {
        if (answer.status() == 200 && !send.wasInDoubt && !send.wasSentAgain) {
          load.history().violation(send + " was new and was answered as a duplicate");
        }
        load.history()
            .accepted(
                send,
                answer.body().path("to").asString(""),
                answer.body().path("sequence").asLong(-1),
                answer.body().path("sent_at").asString(""));
        if (send.number % AGAIN_EVERY == 0 && !send.wasSentAgain) {
          send.wasSentAgain = true;
        } else {
          pending = null;
        }
      }
      case 401 -> {
        send.wasInDoubt = true;
        load.history().refused(send, answer.slug());
        player.register();
      }
      case 504 -> {
        load.history().refused(send, answer.slug());
        throw new IOException("In doubt");
      }
      case 429, 503, 507 -> {
        load.history().refused(send, answer.slug());
        pending = null;
        throw new IOException("Refused: " + answer.slug());
      }
      default -> {
        load.history().violation(send + " was answered " + answer);
        pending = null;
      }
    }
  }
}
