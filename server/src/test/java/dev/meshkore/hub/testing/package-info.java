/// What tests share.
@NullMarked
package dev.meshkore.hub.testing;

import org.jspecify.annotations.NullMarked;
