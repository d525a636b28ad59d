package dev.meshkore.hub.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// Measures what an fsync costs where the data is, because every promise of the hub waits for one.
public final class DiskProbe {
  /// What was measured.
  ///
  /// @param medianNanos half of the fsyncs were faster
  /// @param worstNanos the slowest
  public record Fsync(long medianNanos, long worstNanos) {
    private static final long SLOW_NANOS = 10_000_000;
    private static final long LYING_NANOS = 8_000;

    /// One line for people.
    public String line() {
      return String.format(
          java.util.Locale.ROOT,
          "fsync takes %.2f ms here (median; the slowest took %.2f ms)",
          medianNanos / 1e6,
          worstNanos / 1e6);
    }

    /// What to do about it; empty where all is well.
    public String advice() {
      if (medianNanos > SLOW_NANOS) {
        return "The disk is slow: each group of messages waits for an fsync. Put the data folder on"
            + " an SSD, not on a network drive.";
      }
      if (medianNanos < LYING_NANOS) {
        return "The disk answers faster than a disk can write: it may be memory, or may not keep"
            + " its word in a power cut. Put the data folder on a real disk.";
      }
      return "";
    }
  }

  private static final int WRITES = 64;
  private static final int BYTES = 4_096;

  private DiskProbe() {}

  /// Writes and syncs a small file some times, then removes it.
  public static Fsync measure(Path folder, LongSupplier nanoTime) throws IOException {
    Path file = Files.createTempFile(folder, "fsync", ".probe");
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long[] nanos = new long[WRITES];
      for (int i = 0; i < WRITES; i++) {
        channel.write(ByteBuffer.allocate(BYTES), (long) i * BYTES);
        long started = nanoTime.getAsLong();
        channel.force(false);
        nanos[i] = nanoTime.getAsLong() - started;
      }
      Arrays.sort(nanos);
      return new Fsync(nanos[WRITES / 2], nanos[WRITES - 1]);
    } finally {
      Files.delete(file);
    }
  }
}
