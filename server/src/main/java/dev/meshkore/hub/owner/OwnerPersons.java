package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.identity.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The operator decides for all agents, an owner for those that it holds.
final class OwnerPersons implements Persons {
  private static final String OWNER = "owner:";
  private static final int READ_AT_ONCE = 1_000;

  private final Owners owners;

  OwnerPersons(Owners owners) {
    this.owners = owners;
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
}
