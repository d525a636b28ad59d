package dev.meshkore.hub.guard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Counts what the agents of an owner do together, and what all agents do, for a minute at a time.
/// Not thread-safe: [Patterns] calls it, one call at a time.
final class Crowds {
  /// Agents of one owner may together be five times as wrong as one of them.
  private static final int OF_AN_AGENT = 5;

  private static final int KEPT_MAX = 10_000;
  private static final long MINUTE_MS = 60_000;

  private static final class Crowd {
    long since;
    int sent;
    int refused;
    int newRecipients;
  }

  private final GuardSettings settings;
  private final Map<String, Crowd> crowds =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Crowd> eldest) {
          return size() > KEPT_MAX;
        }
      };

  Crowds(GuardSettings resolved) {
    this.settings = resolved;
  }

  /// Counts a message of the crowd.
  Optional<Patterns.Finding> sent(String scope, long now) {
    if (scope.equals(Scopes.HUB) && settings.hubMessages() + settings.hubRefusals() == 0) {
      return Optional.empty();
    }
    Crowd crowd = crowd(scope, now);
    crowd.sent++;
    int most = scope.equals(Scopes.HUB) ? settings.hubMessages() : settings.ownerMessages();
    if (most == 0 || crowd.sent < most) {
      return Optional.empty();
    }
    int sent = crowd.sent;
    crowd.sent = 0;
    return found(scope, "flood", sent + " messages of " + name(scope) + " came within a minute");
  }

  /// Counts that one of an owner's agents wrote to another agent for the first time.
  Optional<Patterns.Finding> spread(String scope, long now) {
    Crowd crowd = crowd(scope, now);
    crowd.newRecipients++;
    int most = settings.recipients() * OF_AN_AGENT;
    if (most == 0 || crowd.newRecipients < most) {
      return Optional.empty();
    }
    int count = crowd.newRecipients;
    crowd.newRecipients = 0;
    String detail = name(scope) + " wrote to " + count + " agents for the first time in a minute";
    return found(scope, "fan-out", detail);
  }

  /// Counts a message of the crowd that was refused.
  Optional<Patterns.Finding> refused(String scope, long now) {
    Crowd crowd = crowd(scope, now);
    crowd.refused++;
    int most =
        scope.equals(Scopes.HUB) ? settings.hubRefusals() : settings.refusals() * OF_AN_AGENT;
    boolean isMost = crowd.refused * 5L >= Math.max(crowd.sent, crowd.refused) * 4L;
    if (most == 0 || crowd.refused < most || !isMost) {
      return Optional.empty();
    }
    int refused = crowd.refused;
    crowd.refused = 0;
    crowd.sent = 0;
    String detail = refused + " messages of " + name(scope) + " were refused within a minute";
    return found(scope, "errors", detail);
  }

  private static Optional<Patterns.Finding> found(String scope, String reason, String detail) {
    return Optional.of(new Patterns.Finding(scope, reason, detail));
  }

  private static String name(String scope) {
    return scope.equals(Scopes.HUB) ? "all agents" : "the agents of one owner";
  }

  private Crowd crowd(String scope, long now) {
    Crowd crowd = crowds.computeIfAbsent(scope, _ -> new Crowd());
    if (now - crowd.since > MINUTE_MS || now < crowd.since) {
      crowd.since = now;
      crowd.sent = 0;
      crowd.refused = 0;
      crowd.newRecipients = 0;
    }
    return crowd;
  }
}
