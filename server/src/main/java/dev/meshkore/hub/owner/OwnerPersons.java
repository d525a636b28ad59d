package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The operator decides for all agents, an owner for those that it holds.
final class OwnerPersons implements Persons {
  static final String OWNER = "owner:";
  private static final int READ_AT_ONCE = 1_000;

  private final Owners owners;
  private final OwnerEvents events;

  OwnerPersons(Owners owners, OwnerEvents events) {
    this.owners = owners;
    this.events = events;
  }

  @Override
  public Optional<String> name(Caller caller) {
    return switch (caller) {
      case Caller.Admin _ -> Optional.of(OPERATOR);
      case Caller.OfOwner owner -> Optional.of(OWNER + owner.id());
      case Caller.OfAgent _ -> Optional.empty();
    };
  }

  @Override
  public boolean mayDecide(Caller caller, long agent) {
    return switch (caller) {
      case Caller.Admin _ -> true;
      case Caller.OfOwner owner -> agent != 0 && owners.holds(owner.number(), agent);
      case Caller.OfAgent _ -> false;
    };
  }

  @Override
  public Optional<List<Long>> heldBy(String name) {
    Optional<Owner> owner =
        name.startsWith(OWNER) ? owners.find(name.substring(OWNER.length())) : Optional.empty();
    return owner.map(found -> {
      var held = new ArrayList<Long>();
      List<Long> some = owners.heldBy(found.number(), 0, READ_AT_ONCE);
      while (!some.isEmpty()) {
        held.addAll(some);
        some = owners.heldBy(found.number(), some.getLast(), READ_AT_ONCE);
      }
      return held;
    });
  }

  @Override
  public Optional<String> ownerOf(Transaction reader, long agent) throws SQLException {
    return owners.idOfOwner(reader, agent).map(id -> OWNER + id);
  }

  @Override
  public Optional<String> lastOwnerOf(long agent) {
    return owners.lastOwnerOf(agent).map(id -> OWNER + id);
  }

  @Override
  public void tell(Transaction transaction, String name, ObjectNode notice) throws SQLException {
    Optional<Owner> owner = SqlOwners.find(transaction, name.substring(OWNER.length()));
    if (owner.isPresent()) {
      events.tell(transaction, owner.get().number(), notice);
    }
  }
}
