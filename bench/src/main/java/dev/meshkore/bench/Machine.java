package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// The machine that a figure belongs to.
record Machine(
    int cores, String processor, String kernel, String memory, String jdk, String commit) {
  private static final int PROBE_WRITES = 400;
  private static final int PROBE_BYTES = 400;

  static Machine here() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        valueOf(Path.of("/proc/cpuinfo"), "model name"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        gigabytes(valueOf(Path.of("/proc/meminfo"), "MemTotal")),
        System.getProperty("java.vm.vendor") + " " + System.getProperty("java.runtime.version"),
        commitHere());
  }

  /// The load average of the last minute, or 0 when the system does not say.
  static double load() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }

  /// How many files, and so connections, this process may have open.
  static long openFilesMax() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          String[] words = line.split("\\s+", -1);
          return words[3].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(words[3]);
        }
      }
    } catch (IOException | NumberFormatException _) {
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }

  /// Writes small records with an fsync each into `folder`; the answer holds nanoseconds.
  static Histogram probeFsync(Path folder) {
    Histogram histogram = new Histogram(60_000_000_000L, 3);
    Path file = folder.resolve("fsync-probe");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer record = ByteBuffer.allocate(PROBE_BYTES);
      for (int i = 0; i < PROBE_WRITES; i++) {
        record.clear();
        long start = System.nanoTime();
        channel.write(record);
        channel.force(false);
        histogram.recordValue(System.nanoTime() - start);
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new BenchFailure("cannot write into " + folder + ": " + e.getMessage(), e);
    }
    return histogram;
  }

  static Result.Conditions conditions(Path folder, String durability) {
    double load = load();
    Histogram fsync = probeFsync(folder);
    return new Result.Conditions(
        durability,
        fsync.getValueAtPercentile(50) / 1e3,
        fsync.getValueAtPercentile(99) / 1e3,
        load);
  }

  private static String valueOf(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException _) {
      return "unknown";
    }
    return "unknown";
  }

  private static String gigabytes(String kilobytes) {
    String digits = kilobytes.replaceAll("\\D", "");
    if (digits.isEmpty()) {
      return kilobytes;
    }
    return String.format(Locale.ROOT, "%.1f GB", Long.parseLong(digits) / 1048576.0);
  }

  private static String commitHere() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
              .directory(new File(System.getProperty("meshkore.root", ".")))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? text : "unknown";
    } catch (IOException _) {
      return "unknown";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
