/// Tests.
@NullMarked
package dev.meshkore.hub.search;

import org.jspecify.annotations.NullMarked;
