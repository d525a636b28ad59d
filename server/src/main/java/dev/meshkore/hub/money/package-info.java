/// Amounts of money: whole atoms of a named asset, never floating point.
@NullMarked
package dev.meshkore.hub.money;

import org.jspecify.annotations.NullMarked;
