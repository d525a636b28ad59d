package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.util.List;

/// What a transaction of the hub's does on the chain.
///
/// @param kind what it is for
/// @param contract which is called
/// @param call what it is asked
/// @param subject of what no two of a kind are on the way at once, or "" where the authorization
///   sees to that
/// @param aims by which the chain tells that all of it is done
record Deed(Kind kind, Address contract, byte[] call, String subject, List<Aim> aims) {
  Deed {
    aims = List.copyOf(aims);
  }
}
