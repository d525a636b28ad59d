/// Tests of the outbound client, against servers that mean harm.
@NullMarked
package dev.meshkore.hub.outbound;

import org.jspecify.annotations.NullMarked;
