package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// A connection that sends requests which were prepared before, one after the other.
final class PreparedCalls extends Connection {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] LENGTH = "\r\ncontent-length: ".getBytes(US_ASCII);

  private final LongConsumer took;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private List<byte[]> requests = List.of();
  private CompletableFuture<Void> done = new CompletableFuture<>();
  private int next;
  private long sentAt;

  /// Tells `took` of every answer, in nanoseconds, on the loop.
  PreparedCalls(Loop loop, LongConsumer took) {
    super(loop);
    this.took = took;
  }

  CompletableFuture<Void> ready() {
    return ready;
  }

  /// Sends all, and tells when the last is answered. On the loop.
  CompletableFuture<Void> send(List<byte[]> prepared) {
    requests = prepared;
    next = 0;
    done = new CompletableFuture<>();
    sendNext();
    return done;
  }

  private void sendNext() {
    if (next == requests.size()) {
      done.complete(null);
    } else {
      sentAt = System.nanoTime();
      output().writeBytes(requests.get(next++));
    }
  }

  @Override
  void connected() {
    ready.complete(null);
  }

  @Override
  int read(byte[] data, int from, int to) {
    int headEnd = Scan.find(data, from, to, HEAD_END);
    if (headEnd < 0) {
      return from;
    }
    for (int i = from; i < headEnd; i++) {
      if (data[i] >= 'A' && data[i] <= 'Z') {
        data[i] = (byte) (data[i] + 'a' - 'A');
      }
    }
    int length = Scan.find(data, from, headEnd, LENGTH);
    int bodyAt = headEnd + HEAD_END.length;
    int end = bodyAt + (int) Digits.readAll(data, length + LENGTH.length, headEnd);
    if (end > to) {
      return from;
    }
    int status = (int) Digits.readAll(data, from + "http/1.1 ".length(), headEnd);
    took.accept(System.nanoTime() - sentAt);
    if (status / 100 == 2) {
      sendNext();
    } else {
      failed("answered " + new String(data, from, Math.min(end - from, 800), US_ASCII));
    }
    return end;
  }

  @Override
  void failed(String reason) {
    var failure = new BenchFailure(reason);
    ready.completeExceptionally(failure);
    done.completeExceptionally(failure);
  }
}
