/// The load generator: what a hub can carry, measured beside it on the same machine.
@NullMarked
package dev.meshkore.bench;

import org.jspecify.annotations.NullMarked;
