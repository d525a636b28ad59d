/// Calls to addresses that strangers named: the one way out of the hub, with its guards.
@NullMarked
package dev.meshkore.hub.outbound;

import org.jspecify.annotations.NullMarked;
