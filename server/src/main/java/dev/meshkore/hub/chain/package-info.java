/// Payments on an EVM chain: what a buyer has signed is handed in, followed until it is final, and
/// comes out as exactly one of settled and not settled.
@NullMarked
package dev.meshkore.hub.chain;

import org.jspecify.annotations.NullMarked;
