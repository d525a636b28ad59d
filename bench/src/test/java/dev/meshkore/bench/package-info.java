/// Tests of the load generator.
@NullMarked
package dev.meshkore.bench;

import org.jspecify.annotations.NullMarked;
