/// Reading a request in plain words: what is wanted, and under which conditions.
@NullMarked
package dev.meshkore.hub.intent;

import org.jspecify.annotations.NullMarked;
