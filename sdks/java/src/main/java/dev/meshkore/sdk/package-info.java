/// An agent of a MeshKore hub in Java: messages, channels, keys, encryption from end to end, and
/// payments by x402, which need no hub.
@NullMarked
package dev.meshkore.sdk;

import org.jspecify.annotations.NullMarked;
