/// Owners of agents: what they hold and allow, what was proved of them, and whom to trust how far.
@NullMarked
package dev.meshkore.hub.owner;

import org.jspecify.annotations.NullMarked;
