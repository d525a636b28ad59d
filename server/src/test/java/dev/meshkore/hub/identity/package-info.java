/// Tests of identity.
@NullMarked
package dev.meshkore.hub.identity;

import org.jspecify.annotations.NullMarked;
