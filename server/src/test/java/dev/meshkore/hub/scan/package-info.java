/// Tests.
@NullMarked
package dev.meshkore.hub.scan;

import org.jspecify.annotations.NullMarked;
