/// The hub: one process that starts from [dev.meshkore.hub.Main].
@NullMarked
package dev.meshkore.hub;

import org.jspecify.annotations.NullMarked;
