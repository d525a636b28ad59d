package dev.meshkore.hub.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/// A session's outlet over a stream of Server-Sent Events.
public final class EventOutlet implements Outlet {
  private final EventStream stream;

  EventOutlet(EventStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(String type, long sequence, byte[] head, byte[] body, int offset, int length) {
    stream.write(type, sequence, head, body, offset, length);
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public boolean isWritable() {
    return stream.isWritable();
  }

  @Override
  public void onWritable(Runnable action) {
    stream.onWritable(action);
  }

  @Override
  public void onClose(Runnable action) {
    stream.onClose(action);
  }

  @Override
  public void close(Closing why) {
    write("closing", ("{\"reason\":\"" + why.reason() + "\"}").getBytes(StandardCharsets.UTF_8));
    stream.end();
  }

  @Override
  public Executor loop() {
    return stream.loop();
  }
}
