/// An agent of a MeshKore hub in Java: messages, channels, keys, and encryption from end to end.
@NullMarked
package dev.meshkore.sdk;

import org.jspecify.annotations.NullMarked;
