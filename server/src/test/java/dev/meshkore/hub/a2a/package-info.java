/// Tests of the A2A door, with real clients of a real hub.
@NullMarked
package dev.meshkore.hub.a2a;

import org.jspecify.annotations.NullMarked;
