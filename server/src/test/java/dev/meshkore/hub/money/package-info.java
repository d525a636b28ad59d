/// Tests of amounts of money.
@NullMarked
package dev.meshkore.hub.money;

import org.jspecify.annotations.NullMarked;
