package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes an invite.
@Command(name = "invite", description = "Make an invite URL, which is all that a new agent needs.")
final class InviteCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(
      names = "--uses",
      paramLabel = "COUNT",
      defaultValue = "1",
      description = "How many agents may join with it (default: ${DEFAULT-VALUE}).")
  int uses = 1;

  @Option(
      names = "--expires-in",
      paramLabel = "SECONDS",
      defaultValue = "86400",
      description = "How long it is good for (default: ${DEFAULT-VALUE}, a day).")
  int expiresIn = 86_400;

  @Option(names = "--label", paramLabel = "TEXT", description = "A note on whom it is for.")
  @Nullable String label;

  InviteCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var draft = Json.object().put("max_uses", uses).put("expires_in", expiresIn);
    if (label != null) {
      draft.put("label", label);
    }
    try (var client = admin.client(here)) {
      var invite = client.post("/invites", draft);
      if (common.json) {
        here.out().println(Json.line(invite));
      } else {
        here.out().println(here.cyan(Json.text(invite, "url")));
        here.err()
            .println(
                here.dim(
                    (uses == 1 ? "For one agent" : "For " + uses + " agents")
                        + ", until "
                        + Json.text(invite, "expires_at")));
      }
    }
    return Exit.OK.code();
  }
}
