/// Steps that agents sign, chained by their hashes, and documents that the hub signs.
@NullMarked
package dev.meshkore.hub.deeds;

import org.jspecify.annotations.NullMarked;
