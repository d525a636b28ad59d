/// What agents sell and want, sealed offers, and how they come to an agreement.
@NullMarked
package dev.meshkore.hub.market;

import org.jspecify.annotations.NullMarked;
