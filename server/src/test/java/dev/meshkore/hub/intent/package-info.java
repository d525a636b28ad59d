/// Tests of how requests in plain words are read.
@NullMarked
package dev.meshkore.hub.intent;

import org.jspecify.annotations.NullMarked;
