@NullMarked
package dev.meshkore.hub.meaning;

import org.jspecify.annotations.NullMarked;
