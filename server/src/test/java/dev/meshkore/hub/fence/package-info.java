/// Tests of the fence.
@NullMarked
package dev.meshkore.hub.fence;

import org.jspecify.annotations.NullMarked;
