/// What keeps agents within bounds: rate limits.
@NullMarked
package dev.meshkore.hub.guard;

import org.jspecify.annotations.NullMarked;
