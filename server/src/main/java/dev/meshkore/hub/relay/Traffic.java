package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Outlet;
import dev.meshkore.hub.http.Rfc3339;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.node.ObjectNode;

/// What passes through the hub, for the operator: who, to whom, how large; never what was said. A
/// watcher that does not keep up misses some. Thread-safe.
final class Traffic {
  private final List<Outlet> watchers = new CopyOnWriteArrayList<>();

  /// Writes every message's metadata to the outlet from now on.
  void watch(Outlet outlet) {
    watchers.add(outlet);
    outlet.onClose(() -> watchers.remove(outlet));
  }

  void committed(List<SendWork.Accepted> accepted) {
    if (watchers.isEmpty()) {
      return;
    }
    List<byte[]> frames = accepted.stream().map(Traffic::frame).toList();
    for (Outlet watcher : watchers) {
      watcher
          .loop()
          .execute(() -> {
            if (watcher.isWritable()) {
              frames.forEach(frame -> watcher.write("traffic", frame));
              watcher.flush();
            }
          });
    }
  }

  private static byte[] frame(SendWork.Accepted accepted) {
    Sending sending = accepted.sending();
    ObjectNode frame = Json.object();
    frame.put("at", Rfc3339.text(sending.sentAtMs()));
    frame.put("from", sending.senderId());
    if (sending.channel() == null) {
      frame.put("to", sending.draft().to());
    } else {
      frame.put("channel", sending.channel().id());
    }
    frame.put("id", accepted.id());
    frame.put("bytes", sending.draft().payloadLength());
    frame.put("recipients", accepted.targets().size());
    return Json.bytes(frame);
  }
}
