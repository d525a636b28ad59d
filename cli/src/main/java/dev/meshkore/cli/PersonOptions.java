package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who decides for an agent: the operator, or the owner whose profile is named.
final class PersonOptions {
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(
      names = "--owner",
      paramLabel = "PROFILE",
      description = "Decide as the owner of this profile, for what it holds.")
  @Nullable String owner;

  HubClient client(Surroundings here) {
    var given = owner;
    if (given == null) {
      return admin.client(here);
    }
    var kept = Profile.load(here, given);
    return new HubClient(kept.hub(), kept.apiKey());
  }
}
