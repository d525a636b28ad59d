package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What processes used: processor time since their start, and memory now.
///
/// @param cpuNanos user and system time, 0 when it is not known
/// @param residentBytes resident memory, 0 when it is not known
record Usage(long cpuNanos, long residentBytes) {
  static final Usage UNKNOWN = new Usage(0, 0);
  private static final long NANOS_PER_TICK = 10_000_000L;

  /// The use of a process and of all that it started.
  static Usage ofTree(ProcessHandle process) {
    Usage total = of(process.pid());
    for (ProcessHandle child : process.descendants().toList()) {
      total = total.plus(of(child.pid()));
    }
    return total;
  }

  static Usage of(long pid) {
    try {
      Path folder = Path.of("/proc", Long.toString(pid));
      String stat = Files.readString(folder.resolve("stat"), US_ASCII);
      String status = Files.readString(folder.resolve("status"), US_ASCII);
      return parse(stat, status);
    } catch (IOException _) {
      return UNKNOWN;
    }
  }

  /// Reads the texts of `/proc/<pid>/stat` and `/proc/<pid>/status`.
  static Usage parse(String stat, String status) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    long resident = 0;
    for (String line : status.split("\n", -1)) {
      if (line.startsWith("VmRSS:")) {
        resident = Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return new Usage(ticks * NANOS_PER_TICK, resident);
  }

  /// How many cores were busy between an earlier reading and this one.
  double coresSince(Usage earlier, long nanos) {
    return nanos <= 0 ? 0 : (double) (cpuNanos - earlier.cpuNanos) / nanos;
  }

  Usage plus(Usage other) {
    return new Usage(cpuNanos + other.cpuNanos, residentBytes + other.residentBytes);
  }
}
