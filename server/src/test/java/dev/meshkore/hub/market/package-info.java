/// Tests of the market on real hubs.
@NullMarked
package dev.meshkore.hub.market;

import org.jspecify.annotations.NullMarked;
