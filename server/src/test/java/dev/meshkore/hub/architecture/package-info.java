/// Tests of the shape of the code: who may use whom, and how large things may be.
@NullMarked
package dev.meshkore.hub.architecture;

import org.jspecify.annotations.NullMarked;
