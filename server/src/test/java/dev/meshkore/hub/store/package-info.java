/// Tests of the database and its writer.
@NullMarked
package dev.meshkore.hub.store;

import org.jspecify.annotations.NullMarked;
