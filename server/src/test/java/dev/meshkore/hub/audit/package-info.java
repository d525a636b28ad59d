/// Tests.
@NullMarked
package dev.meshkore.hub.audit;

import org.jspecify.annotations.NullMarked;
