package dev.meshkore.hub.owner;

import dev.meshkore.hub.problem.Refused;
import java.util.Arrays;

/// How far an agent is known, lowest first.
public enum TrustLevel {
  NEW(0, "new", "It has joined. Nothing is known of it but what it says."),
  VERIFIED_SOCIAL(
      1,
      "verified:social",
      "It, or its owner, has shown within 30 days that it can write under an account of a public"
          + " site. An account costs little; it is linked to the agent, it is not the agent."),
  VERIFIED_DOMAIN(
      2,
      "verified:domain",
      "It, or its owner, has shown within 30 days that it controls a domain name, by DNS or by a"
          + " file on the domain's web server."),
  TRUSTED(
      3,
      "trusted",
      "The operator of this hub vouches for it, or for its owner; or it has earned it: 1000"
          + " finished jobs that were paid, with at least 20 others of different owners, and a"
          + " reputation of 4.5 or more that at least 10 of them bear out in full.");

  private final int rank;
  private final String word;
  private final String meaning;

  TrustLevel(int rank, String word, String meaning) {
    this.rank = rank;
    this.word = word;
    this.meaning = meaning;
  }

  /// How high it is; the lowest is 0.
  public int rank() {
    return rank;
  }

  /// The name on the wire.
  public String word() {
    return word;
  }

  /// What it says of an agent.
  public String meaning() {
    return meaning;
  }

  /// True where this is as high as another level, or higher.
  public boolean isAtLeast(TrustLevel other) {
    return rank >= other.rank;
  }

  /// Reads a level.
  ///
  /// @throws Refused when there is none of this name
  public static TrustLevel of(String field, String text) {
    return Arrays.stream(values())
        .filter(level -> level.word.equals(text))
        .findFirst()
        .orElseThrow(() ->
            Refused.field(
                field, field + " must be new, verified:social, verified:domain or trusted"));
  }
}
