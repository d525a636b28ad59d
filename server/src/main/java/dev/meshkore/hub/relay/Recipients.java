package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Whom messages go to, by what senders call them. Thread-safe.
final class Recipients {
  private final Agents agents;
  private final OutsideAgents outside;
  private final Map<String, Long> known = new ConcurrentHashMap<>();

  Recipients(Agents agents, OutsideAgents outside) {
    this.agents = agents;
    this.outside = outside;
  }

  /// The recipient's number, if memory knows it; asking the database is [#lookUp].
  OptionalLong known(String id) {
    Long number = known.get(id);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /// The recipient's number; may read the database.
  ///
  /// @throws Refused when there is none of this name
  long lookUp(String id) {
    long number =
        agents
            .numberOf(id)
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_RECIPIENT, "There is no agent of this name"));
    known.put(id, number);
    return number;
  }

  /// The message with its recipient's id, where it names an agent outside by its address; may write
  /// to the database.
  Draft addressed(Caller.OfAgent sender, Draft draft) {
    String to = draft.to();
    return to != null && OutsideAgents.isAddress(to)
        ? draft.addressedTo(outside.idOf(sender, to))
        : draft;
  }
}
