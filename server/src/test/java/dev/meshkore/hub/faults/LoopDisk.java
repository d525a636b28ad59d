package dev.meshkore.hub.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// An ext4 file system of its own, in a file that is attached as a loop device. Its power can be
/// cut.
final class LoopDisk implements AutoCloseable {
  private static final long COMMAND_SECONDS = 30;

  /// `_IOR('X', 125, __u32)`: EXT4_IOC_SHUTDOWN.
  private static final long SHUTDOWN = 0x8004587DL;

  /// Everything that was not synced is gone, the journal's log too.
  private static final int NO_LOG_FLUSH = 2;

  private final Path mount;
  private String device = "";
  private boolean isMounted;

  private LoopDisk(Path mount) {
    this.mount = mount;
  }

  /// Makes, attaches and mounts a disk of so many megabytes. Where this machine does not allow
  /// that, the test is aborted and says why.
  static LoopDisk make(Path folder, int megabytes) throws IOException, InterruptedException {
    Path image = folder.resolve("disk.img");
    var disk = new LoopDisk(Files.createDirectories(folder.resolve("mount")));
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) megabytes << 20);
    }
    try {
      run("mkfs.ext4", "-q", "-F", image.toString());
      disk.device = run("losetup", "--find", "--show", image.toString()).strip();
      disk.mount();
    } catch (IOException failure) {
      disk.close();
      Assumptions.abort("This machine mounts no disks for the test: " + failure.getMessage());
    }
    return disk;
  }

  Path path() {
    return mount;
  }

  /// What was not synced is lost, and nothing can be written or synced until [#restorePower].
  void cutPower() {
    try (Arena arena = Arena.ofConfined()) {
      LibC library = new LibC(Linker.nativeLinker());
      int file = library.open(arena.allocateFrom(mount.toString()));
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      flags.set(ValueLayout.JAVA_INT, 0, NO_LOG_FLUSH);
      int result = library.ioctl(file, flags);
      int closed = library.close(file);
      if (file < 0 || result != 0 || closed != 0) {
        throw new AssertionError("The power was not cut: " + file + " " + result + " " + closed);
      }
    }
  }

  /// Mounts the disk again, as after a power cut; nobody may use it.
  void restorePower() throws IOException, InterruptedException {
    unmount();
    mount();
  }

  @Override
  public void close() throws IOException {
    try {
      if (isMounted) {
        unmount();
      }
      if (!device.isEmpty()) {
        run("losetup", "--detach", device);
        device = "";
      }
    } catch (InterruptedException cause) {
      Thread.currentThread().interrupt();
      throw new IOException("The disk " + device + " is still there", cause);
    }
  }

  private void mount() throws IOException, InterruptedException {
    run("mount", device, mount.toString());
    isMounted = true;
  }

  private void unmount() throws IOException, InterruptedException {
    run("umount", mount.toString());
    isMounted = false;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of(command));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command[0] + " does not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(command[0] + " failed: " + output.strip());
    }
    return output;
  }

  /// The three calls of the C library that are needed.
  private record LibC(Linker linker) {
    int open(MemorySegment path) {
      return call("open", 2, path, 0);
    }

    int ioctl(int file, MemorySegment argument) {
      return call("ioctl", 2, file, SHUTDOWN, argument);
    }

    int close(int file) {
      return call("close", 1, file);
    }

    @SuppressWarnings("restricted")
    private int call(String name, int firstVariadic, Object... arguments) {
      var layouts = new ArrayList<ValueLayout>();
      for (Object argument : arguments) {
        layouts.add(
            switch (argument) {
              case Integer _ -> ValueLayout.JAVA_INT;
              case Long _ -> ValueLayout.JAVA_LONG;
              default -> ValueLayout.ADDRESS;
            });
      }
      var descriptor =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts.toArray(ValueLayout[]::new));
      SymbolLookup symbols = linker.defaultLookup();
      Linker.Option[] options =
          firstVariadic < arguments.length
              ? new Linker.Option[] {Linker.Option.firstVariadicArg(firstVariadic)}
              : new Linker.Option[0];
      try {
        return (int)
            linker
                .downcallHandle(symbols.findOrThrow(name), descriptor, options)
                .invokeWithArguments(arguments);
      } catch (Throwable failure) {
        throw new AssertionError(name + " cannot be called", failure);
      }
    }
  }
}
