package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// As which owner, at which hub: the profile that `owner new` kept, or what is given in its place.
final class OwnerOptions {
  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "owner",
      description = "The profile that `owner new` kept (default: ${DEFAULT-VALUE}).")
  String profile = "owner";

  @Option(names = "--url", paramLabel = "URL", description = "The hub, together with --key.")
  @Nullable String url;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The owner's key; '-' reads it from standard input.")
  @Nullable String key;

  HubClient client(Surroundings here) {
    var givenUrl = url;
    var givenKey = key;
    if (givenUrl != null && givenKey != null) {
      return new HubClient(HubAddress.read(givenUrl), Input.secret(here, givenKey));
    }
    if (givenUrl != null || givenKey != null) {
      throw new CommandFailed(
          Exit.USER, "--url and --key go together", "", "Give both, or neither.");
    }
    var kept = Profile.load(here, profile);
    return new HubClient(kept.hub(), kept.apiKey());
  }
}
