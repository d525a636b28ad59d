/// What others say of an agent after work that was paid, and what that is worth.
@NullMarked
package dev.meshkore.hub.reputation;

import org.jspecify.annotations.NullMarked;
