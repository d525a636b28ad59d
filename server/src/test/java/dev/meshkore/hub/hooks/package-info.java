/// Tests of the module of the same name.
@NullMarked
package dev.meshkore.hub.hooks;

import org.jspecify.annotations.NullMarked;
