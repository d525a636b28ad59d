/// Accounts and transfers: double entry in whole atoms, in two phases where that is wanted.
@NullMarked
package dev.meshkore.hub.ledger;

import org.jspecify.annotations.NullMarked;
