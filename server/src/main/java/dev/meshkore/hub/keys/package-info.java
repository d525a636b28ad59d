/// Public keys of agents, what they sign, and the forms in which both are written.
@NullMarked
package dev.meshkore.hub.keys;

import org.jspecify.annotations.NullMarked;
