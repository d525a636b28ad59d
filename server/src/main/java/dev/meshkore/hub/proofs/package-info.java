/// The audit over HTTP: heads, tiles, proofs, and bundles to verify elsewhere.
@NullMarked
package dev.meshkore.hub.proofs;

import org.jspecify.annotations.NullMarked;
