/// Tests of the module of the same name.
@NullMarked
package dev.meshkore.hub.acp;

import org.jspecify.annotations.NullMarked;
