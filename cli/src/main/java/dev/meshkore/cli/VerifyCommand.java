package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Checks a bundle of the audit log, without the hub.
@Command(
    name = "verify",
    description =
        "Check a bundle of the audit log, with no hub and no trust in one. Exit code 4 says that"
            + " something is wrong.")
final class VerifyCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(index = "0", paramLabel = "BUNDLE", description = "A file that `export` made.")
  Path bundle = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "VKEY",
      description =
          "The log's key, from where you trust it. Without it, the bundle's own key is taken, which"
              + " proves only that the bundle agrees with itself.")
  @Nullable String key;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "A head that you kept earlier; the log must begin with it.")
  @Nullable Path checkpoint;

  @Option(
      names = "--sent",
      paramLabel = "AGENT=COUNT",
      description = "How many messages an agent knows that it has sent; may be given often.")
  Map<String, Long> sent = new HashMap<>();

  @Option(
      names = "--witness",
      paramLabel = "VKEY",
      description = "The key of a witness that must have signed the head; may be given often.")
  Set<String> witnesses = new LinkedHashSet<>();

  @Option(
      names = "--witnesses",
      paramLabel = "N",
      description = "How many of the witnesses must have signed; without it, all that are given.")
  @Nullable Integer witnessesLeast;

  VerifyCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    BundleCheck.Result result;
    try (var in = Files.newBufferedReader(bundle)) {
      var earlier = checkpoint == null ? null : Files.readString(checkpoint);
      var least = witnessesLeast == null ? witnesses.size() : witnessesLeast;
      var known = new BundleCheck.Known(key, earlier, sent, witnesses, least);
      result = new BundleCheck(known).check(in);
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.USER,
          "A file cannot be read",
          Causes.of(e),
          "Give a bundle that `meshkore export` made.");
    }
    tell(result);
    return result.findings().isEmpty() ? Exit.OK.code() : Exit.OTHER.code();
  }

  private void tell(BundleCheck.Result result) {
    if (common.json) {
      var said =
          Json.object()
              .put("ok", result.findings().isEmpty())
              .put("origin", result.origin())
              .put("of", result.of())
              .put("size", result.size())
              .put("from", result.from())
              .put("to", result.to())
              .put("leaves", result.leaves())
              .put("messages", result.messages());
      var list = said.putArray("findings");
      for (var finding : result.findings()) {
        list.addObject()
            .put("kind", finding.kind())
            .put("index", finding.index())
            .put("words", finding.words());
      }
      here.out().println(Json.line(said));
      return;
    }
    for (var finding : result.findings()) {
      here.out().println(here.red(finding.kind() + ": ") + finding.words());
    }
    if (result.findings().isEmpty()) {
      here.out()
          .println(
              "Verified: "
                  + result.leaves()
                  + " leaves, "
                  + result.messages()
                  + " of them messages, in the log "
                  + result.origin()
                  + " of "
                  + result.size()
                  + ", from "
                  + result.from()
                  + " to before "
                  + result.to()
                  + ".");
    }
    if (key == null) {
      here.err()
          .println(here.dim("The key came with the bundle; give the one you trust with --key."));
    }
  }
}
