@NullMarked
package dev.meshkore.hub.chain;

import org.jspecify.annotations.NullMarked;
