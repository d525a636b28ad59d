/// What the text of a listing holds that a reader or a model should not be given unmarked.
@NullMarked
package dev.meshkore.hub.scan;

import org.jspecify.annotations.NullMarked;
