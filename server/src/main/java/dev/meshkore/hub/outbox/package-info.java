/// What the hub tells agents of what was done: stored with it, and told once.
@NullMarked
package dev.meshkore.hub.outbox;

import org.jspecify.annotations.NullMarked;
