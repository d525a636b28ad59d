package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The keys of the peers of one hub, as they were first seen. A hub could show another key to read
/// along; a key that changes is therefore an alarm and never taken over in silence. Thread-safe.
public final class Pins {
  private final @Nullable Path file;
  private final String hub;
  private final ReentrantLock lock = new ReentrantLock();
  private ObjectNode kept = Json.object();

  private Pins(@Nullable Path file, URI hub) {
    this.file = file;
    this.hub = hub.toString().replaceFirst("/+$", "");
  }

  /// The pins in a file, which is made with the first pin. Several hubs and processes can share it.
  public static Pins open(Path file, URI hub) {
    return new Pins(file, hub);
  }

  /// Pins that end with the process.
  public static Pins inMemory(URI hub) {
    return new Pins(null, hub);
  }

  /// The key of a peer, in hexadecimal.
  public Optional<String> key(String peer, KeyType type) {
    lock.lock();
    try {
      return read().path(hub).path(peer).path(type.word()).asStringOpt();
    } finally {
      lock.unlock();
    }
  }

  /// Takes a key as the peer's from now on, whatever was pinned before.
  public void accept(String peer, KeyType type, String key) {
    if (!key.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("A key is 64 hexadecimal digits in lower case");
    }
    lock.lock();
    try {
      ObjectNode all = read();
      all.withObjectProperty(hub).withObjectProperty(peer).put(type.word(), key);
      save(all);
    } finally {
      lock.unlock();
    }
  }

  /// Pins a key that is seen for the first time, and checks one that is not.
  ///
  /// @throws KeyChangedException when another is pinned
  void meet(String peer, KeyType type, String key) {
    lock.lock();
    try {
      Optional<String> pinned = key(peer, type);
      if (pinned.isEmpty()) {
        accept(peer, type, key);
      } else if (!pinned.get().equals(key)) {
        throw new KeyChangedException(peer, pinned.get(), key);
      }
    } finally {
      lock.unlock();
    }
  }

  private void save(ObjectNode all) {
    if (file == null) {
      kept = all;
      return;
    }
    try {
      Path fresh = Path.of(file + ".new");
      Files.deleteIfExists(fresh);
      OwnedFile.create(fresh, Json.text(all) + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode read() {
    try {
      if (file == null || !Files.exists(file)) {
        return kept;
      }
      if (Json.read(Files.readString(file, UTF_8)) instanceof ObjectNode pins) {
        return pins;
      }
      // To begin afresh would be to forget every pin in silence.
      throw new IllegalStateException(file + " holds no pins; restore it or remove it");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
