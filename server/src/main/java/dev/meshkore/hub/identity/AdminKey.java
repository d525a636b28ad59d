package dev.meshkore.hub.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The key of whoever runs the hub, in a file that only they can read.
public final class AdminKey {
  private static final String FILE_NAME = "admin.key";
  private static final Pattern FORM = Pattern.compile("mka_[A-Za-z0-9_-]{43}");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final String value;

  private AdminKey(String value) {
    this.value = value;
  }

  /// Reads the key from the data folder; makes it where there is none.
  ///
  /// @throws IllegalStateException with a message for people, when the file is not sound
  public static AdminKey openOrMake(Path dataFolder, RandomGenerator random) {
    Path file = dataFolder.resolve(FILE_NAME);
    try {
      if (!Files.exists(file)) {
        make(file, "mka_" + Secrets.text(random, 32));
      }
      refuseOthers(file);
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      if (!FORM.matcher(text).matches()) {
        throw new IllegalStateException(
            file + " does not hold an admin key. Remove it, and the hub makes a new one");
      }
      return new AdminKey(text);
    } catch (IOException cause) {
      throw new UncheckedIOException("Cannot read or write " + file, cause);
    }
  }

  /// The key itself; never logged.
  public String value() {
    return value;
  }

  /// True for the key, in the same time for every other text.
  boolean matches(String text) {
    return MessageDigest.isEqual(Sha256.of(value), Sha256.of(text));
  }

  /// Written beside, then moved, so that a crash leaves no half of it.
  private static void make(Path file, String key) throws IOException {
    Path beside = file.resolveSibling(FILE_NAME + ".new");
    Files.deleteIfExists(beside);
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean hasModes = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
    try (FileChannel channel =
        hasModes
            ? FileChannel.open(beside, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
            : FileChannel.open(beside, options)) {
      channel.write(ByteBuffer.wrap((key + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void refuseOthers(Path file) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(modes)) {
      throw new IllegalStateException(
          file
              + " is open to other users ("
              + PosixFilePermissions.toString(modes)
              + "). If nobody else read it, run: chmod 600 "
              + file
              + "; otherwise remove it, and the hub makes a new key");
    }
  }
}
