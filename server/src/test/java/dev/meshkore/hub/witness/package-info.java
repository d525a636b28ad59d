/// Tests.
@NullMarked
package dev.meshkore.hub.witness;

import org.jspecify.annotations.NullMarked;
