/// The database: one write path with group commit, readers apart, migrations, two dialects.
@NullMarked
package dev.meshkore.hub.store;

import org.jspecify.annotations.NullMarked;
