package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Delivers: what it is, or its hash and where it is.
@Command(
    name = "submit",
    description = {
      "Deliver, as the provider: JSON that the hub keeps, or a file's hash and where it is:",
      "meshkore jobs submit JOB '{\"text\":\"…\"}'; meshkore jobs submit JOB --file pages.pdf."
    })
final class JobSubmitCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions party = new AgentOptions();

  @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
  String id = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUTPUT",
      description = "What is delivered, in JSON, up to 64 KiB; '-' reads it.")
  @Nullable String output;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Only its SHA-256 goes to the hub; hand the file over yourself.")
  @Nullable Path file;

  @Option(names = "--sha256", paramLabel = "HASH", description = "The hash, if there is no file.")
  @Nullable String hash;

  @Option(names = "--uri", paramLabel = "URI", description = "Where it is.")
  @Nullable String uri;

  @Option(names = "--note", paramLabel = "TEXT", description = "What you say to it.")
  @Nullable String note;

  JobSubmitCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (output == null && file == null && hash == null) {
      throw new CommandFailed(
          Exit.USER,
          "Nothing is delivered",
          "It needs OUTPUT, --file or --sha256",
          "Give JSON, or the file that you hand over.");
    }
    var step = Json.object().put("step", "submit");
    if (output != null) {
      // Byte for byte: the hub hashes this text.
      var text = output.equals("-") ? Input.all(here) : output;
      Document.given(here, text);
      step.put("output", text);
    }
    if (file != null) {
      step.put("sha256", sha256(file));
    } else if (hash != null) {
      step.put("sha256", hash);
    }
    if (uri != null) {
      step.put("uri", uri);
    }
    if (note != null) {
      step.put("note", note);
    }
    return JobSteps.taken(here, common, party.signatory(here), id, step);
  }

  private static String sha256(Path file) {
    try (var bytes = Files.newInputStream(file)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var part = new byte[65_536];
      for (var count = bytes.read(part); count >= 0; count = bytes.read(part)) {
        digest.update(part, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.USER, "The file cannot be read", file + ": " + e.getMessage(), "Name another.");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
