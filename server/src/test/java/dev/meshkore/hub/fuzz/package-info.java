/// Tests with input that no honest client sends.
@NullMarked
package dev.meshkore.hub.fuzz;

import org.jspecify.annotations.NullMarked;
