package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The links of one project to a hub: what is written for an assistant, and what was there before.
final class Connection {
  /// The folder of our own.
  static final String FOLDER = ".meshkore";

  private static final String TOKEN = FOLDER + "/token";

  /// One file that is written or deleted.
  ///
  /// @param file within the project
  /// @param before its bytes, or null where there is none
  /// @param after its bytes afterwards, or null where there is to be none
  /// @param mode of a file of our own, or null for one that is the project's
  record Change(
      String file, byte @Nullable [] before, byte @Nullable [] after, @Nullable String mode) {
    String action() {
      if (Arrays.equals(before, after)) {
        return "keep";
      }
      return before == null ? "create" : after == null ? "delete" : "change";
    }

    boolean isSecret() {
      return "rw-------".equals(mode);
    }
  }

  private final Path project;
  private final Assistant assistant;

  Connection(Path project, Assistant assistant) {
    this.project = project;
    this.assistant = assistant;
  }

  /// What connecting changes. The key is not known yet in a rehearsal.
  List<Change> plan(URI hub, @Nullable String key) {
    var changes = new ArrayList<Change>();
    var record = record();
    var files = Json.object();
    for (var file : assistant.files()) {
      var now = bytes(file);
      var original = original(record, file, now);
      var after = edited(file, now, before -> assistant.connected(file, before, hub, project));
      changes.add(new Change(file, now, after, null));
      var entry = files.putObject(file);
      if (original != null) {
        entry.put("before", base64(original));
      }
      entry.put("after", base64(after));
    }
    changes.add(own(HookScript.FILE, HookScript.text(hub), "rwxr-xr-x"));
    changes.add(own(FOLDER + "/.gitignore", "*\n", "rw-r--r--"));
    if (key != null) {
      changes.add(own(TOKEN, key + "\n", "rw-------"));
    } else if (bytes(TOKEN) == null) {
      changes.add(new Change(TOKEN, null, new byte[0], "rw-------"));
    }
    record.set("files", files);
    record.put("hub", hub.toString());
    changes.add(own(recordFile(assistant), Json.pretty(record) + "\n", "rw-------"));
    return changes;
  }

  /// What disconnecting changes: a file that nobody touched since is again what it was, byte for
  /// byte; from another one our part is taken away.
  List<Change> planRemoval() {
    var changes = new ArrayList<Change>();
    var record = record();
    for (var file : assistant.files()) {
      var now = bytes(file);
      if (now == null) {
        continue;
      }
      var entry = record.path("files").path(file);
      if (entry.isObject() && Arrays.equals(now, decoded(entry.path("after").asString("")))) {
        var before = entry.has("before") ? decoded(entry.path("before").asString()) : null;
        changes.add(new Change(file, now, before, null));
      } else {
        var after = edited(file, now, text -> assistant.disconnected(file, text, project));
        changes.add(new Change(file, now, after, null));
      }
    }
    var isLast =
        Arrays.stream(Assistant.values())
            .noneMatch(other -> other != assistant && Files.exists(path(recordFile(other))));
    gone(changes, recordFile(assistant), "rw-------");
    if (isLast) {
      gone(changes, HookScript.FILE, "rwxr-xr-x");
      gone(changes, FOLDER + "/.gitignore", "rw-r--r--");
      gone(changes, TOKEN, "rw-------");
    }
    return changes;
  }

  /// Writes what was planned.
  void apply(List<Change> changes) {
    for (var change : changes) {
      if (change.action().equals("keep")) {
        continue;
      }
      try {
        write(change);
      } catch (IOException e) {
        throw new CommandFailed(
            Exit.OTHER,
            "A file cannot be written",
            change.file() + ": " + e.getMessage(),
            "Make it writable and run the command again; what was written stays.");
      }
    }
  }

  private void write(Change change) throws IOException {
    var file = path(change.file());
    if (change.after() == null) {
      Files.delete(file);
      deleteIfEmpty(file.resolve(".."));
      return;
    }
    var target = Files.exists(file) ? file.toRealPath() : file;
    Files.createDirectories(target.getParent());
    var mode = change.mode();
    var permissions =
        mode != null
            ? PosixFilePermissions.fromString(mode)
            : Files.exists(target)
                ? Files.getPosixFilePermissions(target)
                : PosixFilePermissions.fromString("rw-r--r--");
    var attribute = PosixFilePermissions.asFileAttribute(permissions);
    var fresh = Files.createTempFile(target.getParent(), ".meshkore", ".new", attribute);
    Files.write(fresh, change.after());
    Files.setPosixFilePermissions(fresh, permissions);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// A folder that we may have made goes with its last file.
  private void deleteIfEmpty(Path place) throws IOException {
    var folder = place.normalize();
    if (folder.equals(project)) {
      return;
    }
    try (var left = Files.list(folder)) {
      if (left.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(folder);
  }

  private Change own(String file, String text, String mode) {
    return new Change(file, bytes(file), text.getBytes(UTF_8), mode);
  }

  private void gone(List<Change> changes, String file, String mode) {
    var now = bytes(file);
    if (now != null) {
      changes.add(new Change(file, now, null, mode));
    }
  }

  /// What a file was before we first wrote it, with what others changed since.
  private byte @Nullable [] original(ObjectNode record, String file, byte @Nullable [] now) {
    var entry = record.path("files").path(file);
    if (!entry.isObject() || now == null) {
      return now;
    }
    if (!Arrays.equals(now, decoded(entry.path("after").asString("")))) {
      return edited(file, now, text -> assistant.disconnected(file, text, project));
    }
    return entry.has("before") ? decoded(entry.path("before").asString()) : null;
  }

  private ObjectNode record() {
    var bytes = bytes(recordFile(assistant));
    try {
      return bytes != null && Json.read(new String(bytes, UTF_8)) instanceof ObjectNode known
          ? known
          : Json.object();
    } catch (Json.Unreadable e) {
      return Json.object();
    }
  }

  private static String recordFile(Assistant assistant) {
    return FOLDER + "/" + assistant.word() + ".json";
  }

  @FunctionalInterface
  private interface Editing {
    String edit(String before) throws Json.Unreadable;
  }

  private static byte[] edited(String file, byte @Nullable [] now, Editing editing) {
    try {
      var text = now == null ? "" : UTF_8.newDecoder().decode(ByteBuffer.wrap(now)).toString();
      return editing.edit(text).getBytes(UTF_8);
    } catch (Json.Unreadable e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    } catch (CharacterCodingException e) {
      throw unreadable(file, "it is not UTF-8");
    }
  }

  private static CommandFailed unreadable(String file, String reason) {
    return new CommandFailed(
        Exit.USER,
        "A file of the project cannot be changed",
        file + ": " + reason,
        "Mend it, or move it away, and run the command again. Nothing was written.");
  }

  private byte @Nullable [] bytes(String file) {
    try {
      var path = path(file);
      return Files.exists(path) ? Files.readAllBytes(path) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private Path path(String file) {
    return project.resolve(file);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
