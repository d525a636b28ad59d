/// What keeps agents within bounds: rules for messages, rates, budgets.
@NullMarked
package dev.meshkore.hub.guard;

import org.jspecify.annotations.NullMarked;
