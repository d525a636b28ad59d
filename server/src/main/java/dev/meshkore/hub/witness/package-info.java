/// Witnesses: other hubs' heads seen and signed here, and this hub's heads signed by others.
@NullMarked
package dev.meshkore.hub.witness;

import org.jspecify.annotations.NullMarked;
