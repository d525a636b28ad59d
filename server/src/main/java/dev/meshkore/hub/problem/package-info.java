/// The registry of refusals: every answer that says no, with a stable name (RFC 9457).
@NullMarked
package dev.meshkore.hub.problem;

import org.jspecify.annotations.NullMarked;
