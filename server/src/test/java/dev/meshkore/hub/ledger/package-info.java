@NullMarked
package dev.meshkore.hub.ledger;

import org.jspecify.annotations.NullMarked;
