package dev.meshkore.cli;

import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The id by which money moves once, however often the command is given.
final class PaymentId {
  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Your id for it: given again with the same, it is done once.")
  @Nullable String given;

  /// What was given, or a new one.
  String orNew() {
    return given == null ? UUID.randomUUID().toString() : given;
  }

  /// Does what is to be done once; where nobody knows whether it was, says how to ask again.
  static JsonNode once(String id, Supplier<JsonNode> call) {
    try {
      return call.get();
    } catch (CommandFailed failed) {
      if (isRefused(failed)) {
        throw failed;
      }
      throw new CommandFailed(
          failed.exit(),
          "Whether it was done is not known",
          (Json.text(failed.problem(), "title") + ". " + Json.text(failed.problem(), "detail"))
              .strip(),
          "Give the same command again with --id " + id + ": it is done once.");
    }
  }

  /// Whether the hub said that it did nothing; what is in doubt may have been done.
  static boolean isRefused(CommandFailed failed) {
    var status = failed.problem().path("status").asInt(0);
    return failed.exit() != Exit.NETWORK && status >= 400 && status < 500;
  }
}
