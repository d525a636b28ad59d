/// Runs the cases of `protocol/conformance` against a real hub.
@NullMarked
package dev.meshkore.hub.conformance;

import org.jspecify.annotations.NullMarked;
