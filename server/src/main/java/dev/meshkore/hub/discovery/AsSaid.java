package dev.meshkore.hub.discovery;

import dev.meshkore.hub.intent.Interpreter;
import dev.meshkore.hub.intent.Requirements;
import dev.meshkore.hub.intent.Understood;
import java.util.List;

/// Reads nothing out of a request: all of it is words to rank by.
public final class AsSaid {
  /// The interpreter that does so.
  public static final Interpreter READER =
      asked ->
          new Understood(
              asked.text(),
              Requirements.NONE,
              Requirements.NONE,
              Requirements.NONE,
              null,
              null,
              false,
              null,
              "plain",
              List.of());

  private AsSaid() {}
}
