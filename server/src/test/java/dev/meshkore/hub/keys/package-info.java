@NullMarked
package dev.meshkore.hub.keys;

import org.jspecify.annotations.NullMarked;
