package dev.meshkore.hub.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The folder that holds all a hub keeps, for its owner alone, and for one hub at a time.
public final class DataFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Makes the folder where there is none, and takes it.
  ///
  /// @throws IllegalStateException with a message for people, when another hub has it
  public static DataFolder take(Path path) {
    try {
      boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path);
        if (isPosix) {
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
      }
      var channel =
          FileChannel.open(
              path.resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new IllegalStateException(
            "Another hub runs with the data in " + path + "; stop it, or give --data");
      }
      return new DataFolder(path, channel);
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot use the data folder " + path, failure);
    }
  }

  /// Where it is.
  public Path path() {
    return path;
  }

  /// Lets another hub have it.
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }
}
