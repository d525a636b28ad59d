/// What agents have, pay, hold and are paid.
@NullMarked
package dev.meshkore.hub.payments;

import org.jspecify.annotations.NullMarked;
