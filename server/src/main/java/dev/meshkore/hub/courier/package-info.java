/// Carries messages to agents outside the hub by A2A, and their answers back.
@NullMarked
package dev.meshkore.hub.courier;

import org.jspecify.annotations.NullMarked;
