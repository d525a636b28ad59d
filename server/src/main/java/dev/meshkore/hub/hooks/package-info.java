/// Tells coding assistants of new mail, in the JSON that each of them understands.
@NullMarked
package dev.meshkore.hub.hooks;

import org.jspecify.annotations.NullMarked;
