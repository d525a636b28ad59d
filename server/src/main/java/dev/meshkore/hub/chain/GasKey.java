package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import fr.acinq.secp256k1.Secp256k1;
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
import java.util.HexFormat;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The key by which the hub pays for its transactions, in a file that only the operator can read.
/// It moves no money of others: buyers sign for that themselves. It is never shown.
final class GasKey {
  private static final Pattern FORM = Pattern.compile("(0x)?[0-9a-fA-F]{64}");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final int SECRET_BYTES = 32;

  private final byte[] secret;
  private final Address address;

  private GasKey(byte[] secret) {
    this.secret = secret;
    this.address = Address.ofKey(Secp256k1.get().pubkeyCreate(secret));
  }

  /// The key of these 32 bytes.
  static GasKey of(byte[] secret) {
    return new GasKey(secret.clone());
  }

  /// Reads the key from its file; makes it where there is none.
  ///
  /// @throws IllegalStateException with a message for people, when the file is not sound
  static GasKey openOrMake(Path file, RandomGenerator random) {
    try {
      if (!Files.exists(file)) {
        make(file, random);
      }
      refuseOthers(file);
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      byte[] secret =
          FORM.matcher(text).matches()
              ? HexFormat.of().parseHex(text.replaceFirst("^0x", ""))
              : new byte[SECRET_BYTES];
      if (!Secp256k1.get().secKeyVerify(secret)) {
        throw new IllegalStateException(file + " does not hold a key of 64 hexadecimal digits");
      }
      return new GasKey(secret);
    } catch (IOException cause) {
      throw new UncheckedIOException("Cannot read or write " + file, cause);
    }
  }

  /// Whose gas it is.
  Address address() {
    return address;
  }

  /// Signs 32 bytes.
  byte[] sign(byte[] digest) {
    return EcdsaSignature.sign(digest, secret);
  }

  /// Written beside, then moved, so that a crash leaves no half of it.
  private static void make(Path file, RandomGenerator random) throws IOException {
    byte[] secret = new byte[SECRET_BYTES];
    do {
      random.nextBytes(secret);
    } while (!Secp256k1.get().secKeyVerify(secret));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel =
        hasModes(file)
            ? FileChannel.open(beside, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
            : FileChannel.open(beside, options)) {
      String text = "0x" + HexFormat.of().formatHex(secret) + "\n";
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean hasModes(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static void refuseOthers(Path file) throws IOException {
    if (hasModes(file) && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IllegalStateException(
          file + " is open to other users. If nobody else read it, run: chmod 600 " + file);
    }
  }
}
