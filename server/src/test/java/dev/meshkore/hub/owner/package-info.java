/// Tests of owners, mandates and trust.
@NullMarked
package dev.meshkore.hub.owner;

import org.jspecify.annotations.NullMarked;
