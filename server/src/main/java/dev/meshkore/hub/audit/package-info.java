/// The audit: what happened on the hub, as leaves of a Merkle tree whose head is signed.
@NullMarked
package dev.meshkore.hub.audit;

import org.jspecify.annotations.NullMarked;
