/// Tests.
@NullMarked
package dev.meshkore.hub.catalog;

import org.jspecify.annotations.NullMarked;
