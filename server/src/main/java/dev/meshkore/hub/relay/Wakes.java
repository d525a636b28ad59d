package dev.meshkore.hub.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/// Sessions to wake after one commit, by event loop, so that each loop is entered once and not once
/// for each frame. Used by one thread, then dropped.
final class Wakes {
  private final Map<Executor, List<Session>> byLoop = new HashMap<>(4);

  void add(Session session) {
    if (session.markWoken()) {
      byLoop.computeIfAbsent(session.outlet().loop(), _ -> new ArrayList<>()).add(session);
    }
  }

  void run() {
    byLoop.forEach((loop, sessions) -> loop.execute(() -> sessions.forEach(Session::pump)));
  }
}
