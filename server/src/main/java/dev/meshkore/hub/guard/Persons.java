package dev.meshkore.hub.guard;

import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

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

        @Override
        public Optional<String> ownerOf(Transaction reader, long agent) {
          return Optional.empty();
        }

        @Override
        public Optional<String> lastOwnerOf(long agent) {
          return Optional.empty();
        }

        @Override
        public void tell(Transaction transaction, String name, ObjectNode notice) {}
      };

  /// What the operator is called.
  String OPERATOR = "admin";

  /// What a caller is called who is a person: `admin`, or `owner:` and an id.
  Optional<String> name(Caller caller);

  /// Whether a caller may decide for an agent, or for the whole hub where `agent` is 0.
  boolean mayDecide(Caller caller, long agent);

  /// The agents that an owner of this name holds; empty where there is no such owner.
  Optional<List<Long>> heldBy(String name);

  /// What the owner of an agent is called, as of the transaction.
  Optional<String> ownerOf(Transaction reader, long agent) throws SQLException;

  /// The same from memory, which may be a second old.
  Optional<String> lastOwnerOf(long agent);

  /// Puts a notice where the owner of this name reads it.
  void tell(Transaction transaction, String name, ObjectNode notice) throws SQLException;
}
