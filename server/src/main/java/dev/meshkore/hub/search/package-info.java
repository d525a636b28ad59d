/// Finding messages by their words, among those that the caller may read.
@NullMarked
package dev.meshkore.hub.search;

import org.jspecify.annotations.NullMarked;
