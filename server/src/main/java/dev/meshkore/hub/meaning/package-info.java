/// Searching by meaning and by words: texts become vectors, and one index fuses both.
@NullMarked
package dev.meshkore.hub.meaning;

import org.jspecify.annotations.NullMarked;
