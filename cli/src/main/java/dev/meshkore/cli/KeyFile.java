package dev.meshkore.cli;

import dev.meshkore.sdk.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The file with the seed of a profile's keys, beside the profile and for its owner's eyes only.
///
/// @param profile by which commands name it
record KeyFile(Path path, String profile) {
  private static final String NEXT = ".new";

  static KeyFile of(Surroundings here, String profile) {
    return new KeyFile(Profile.file(here, profile).resolveSibling(profile + ".seed"), profile);
  }

  boolean exists() {
    return Files.exists(path);
  }

  /// The keys of its seed; makes one where there is none.
  Keys open() {
    try {
      return Keys.open(path);
    } catch (IllegalStateException | UncheckedIOException e) {
      throw new CommandFailed(
          Exit.USER,
          "The keys cannot be read",
          Causes.of(e),
          path + " must be a file of yours alone (chmod 600) with a seed in it.");
    }
  }

  /// Where the seed waits that is to follow, until its keys are bound.
  KeyFile next() {
    return new KeyFile(Path.of(path + NEXT), profile);
  }

  /// Puts the seed that waits in the place of this one.
  ///
  /// @return where this one is now
  Path follow() {
    try {
      // Never without a seed: it has its second name before the first is another's.
      var former = linked();
      Files.move(
          next().path(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return former;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /// Keeps the seed of an agent that has this profile no longer under another name.
  ///
  /// @return where it is now
  Path setAside() {
    try {
      var former = linked();
      Files.delete(path);
      return former;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /// Another name for the same file, with the first number that is free.
  private Path linked() throws IOException {
    for (var free = 1; ; free++) {
      try {
        return Files.createLink(Path.of(path + "." + free), path);
      } catch (FileAlreadyExistsException e) {
        // A seed from before that; none is ever lost.
      }
    }
  }

  /// A command of the profile that these keys belong to.
  String command(String words) {
    return "`meshkore " + words + (profile.equals("default") ? "`" : " --profile " + profile + "`");
  }

  private CommandFailed unwritable(IOException cause) {
    return new CommandFailed(
        Exit.OTHER,
        "The seed cannot be kept",
        path + ": " + Causes.of(cause),
        "Make the folder writable, and give the command again.");
  }
}
