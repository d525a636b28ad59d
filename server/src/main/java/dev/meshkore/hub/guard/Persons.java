package dev.meshkore.hub.guard;

import dev.meshkore.hub.identity.Caller;
import java.util.List;
import java.util.Optional;

/// Which callers are people, and for which agents each may decide.
public interface Persons {
  /// The operator decides for all, and nobody else for any.
  Persons OPERATOR_ALONE =
      new Persons() {
        @Override
        public Optional<String> name(Caller caller) {
          return caller instanceof Caller.Admin ? Optional.of(OPERATOR) : Optional.empty();
        }

        @Override
        public boolean mayDecide(Caller caller, long agent) {
          return caller instanceof Caller.Admin;
        }

        @Override
        public Optional<List<Long>> heldBy(String name) {
          return Optional.empty();
        }
      };

  /// What the operator is called.
  String OPERATOR = "admin";

  /// What a caller is called who is a person: `admin`, or `owner:` and an id.
  Optional<String> name(Caller caller);

  /// Whether a caller may decide for an agent, or for the whole hub where `agent` is 0.
  boolean mayDecide(Caller caller, long agent);

  /// The agents that an owner of this name holds; empty where there is no such owner.
  Optional<List<Long>> heldBy(String name);
}
