/// Calls of services that are paid for, by x402 or from a wallet: paid where they are answered.
@NullMarked
package dev.meshkore.hub.calls;

import org.jspecify.annotations.NullMarked;
