package dev.meshkore.hub.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that moves when told.
final class SettableTime implements InstantSource {
  static final Instant START = Instant.parse("2026-11-21T14:30:00.123Z");

  private volatile Instant now = START;

  @Override
  public Instant instant() {
    return now;
  }

  void forward(Duration by) {
    now = now.plus(by);
  }
}
