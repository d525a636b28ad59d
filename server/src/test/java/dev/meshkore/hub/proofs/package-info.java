/// Tests.
@NullMarked
package dev.meshkore.hub.proofs;

import org.jspecify.annotations.NullMarked;
