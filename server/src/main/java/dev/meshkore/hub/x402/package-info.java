/// Paying for calls by x402: what is asked for, what is signed, and the rails that move the money.
@NullMarked
package dev.meshkore.hub.x402;

import org.jspecify.annotations.NullMarked;
