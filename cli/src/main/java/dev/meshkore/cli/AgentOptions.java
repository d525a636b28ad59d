package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// As which agent, at which hub: a profile, or what is given in its place.
final class AgentOptions {
  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The profile that `join` kept (default: ${DEFAULT-VALUE}).")
  String profile = "default";

  @Option(names = "--url", paramLabel = "URL", description = "The hub, instead of the profile's.")
  @Nullable String url;

  @Option(names = "--agent", paramLabel = "ID", description = "The agent id of --key.")
  @Nullable String agent;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "An API key or token; '-' reads it from standard input.")
  @Nullable String key;

  /// The hub as the chosen agent.
  Profile resolve(Surroundings here) {
    var givenUrl = url;
    var givenKey = key;
    if (givenUrl != null && givenKey != null) {
      var id = agent == null ? "" : agent;
      return new Profile(HubAddress.read(givenUrl), id, Input.secret(here, givenKey));
    }
    var kept = Profile.load(here, profile);
    if (agent != null && givenKey == null && !kept.agentId().equals(agent)) {
      throw new CommandFailed(
          Exit.USER,
          "The profile '" + profile + "' is not that of " + agent,
          "It belongs to " + kept.agentId(),
          "Give --key for " + agent + ", or choose its profile with --profile.");
    }
    if (givenUrl != null && !HubAddress.read(givenUrl).equals(kept.hub()) && givenKey == null) {
      throw new CommandFailed(
          Exit.USER,
          "The profile's key belongs to another hub",
          "The profile '" + profile + "' is for " + kept.hub(),
          "Give --key together with --url.");
    }
    return givenKey == null
        ? kept
        : new Profile(
            kept.hub(), agent == null ? kept.agentId() : agent, Input.secret(here, givenKey));
  }

  HubClient client(Surroundings here) {
    var chosen = resolve(here);
    return new HubClient(chosen.hub(), chosen.apiKey());
  }

  /// The same for what binds the agent: with the keys of its profile.
  Signatory signatory(Surroundings here) {
    var chosen = resolve(here);
    return new Signatory(
        new HubClient(chosen.hub(), chosen.apiKey()),
        chosen.agentId(),
        key == null ? KeyFile.of(here, profile) : null);
  }
}
