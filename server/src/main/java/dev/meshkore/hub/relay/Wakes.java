package dev.meshkore.hub.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/// Sessions to wake after one commit, by event loop, so that each loop is entered once and not once
/// for each frame. A session is marked only when all are: what is gathered for long must not keep
/// another from waking it. Used by one thread, then dropped.
final class Wakes {
  private final List<Session> gathered = new ArrayList<>();

  void add(Session session) {
    gathered.add(session);
  }

  void run() {
    Map<Executor, List<Session>> byLoop = new HashMap<>(4);
    for (Session session : gathered) {
      if (session.markWoken()) {
        byLoop.computeIfAbsent(session.outlet().loop(), _ -> new ArrayList<>()).add(session);
      }
    }
    byLoop.forEach((loop, sessions) -> loop.execute(() -> sessions.forEach(Session::pump)));
  }
}
