/// Tests of what keeps agents within bounds.
@NullMarked
package dev.meshkore.hub.guard;

import org.jspecify.annotations.NullMarked;
