@NullMarked
package dev.meshkore.hub.payments;

import org.jspecify.annotations.NullMarked;
