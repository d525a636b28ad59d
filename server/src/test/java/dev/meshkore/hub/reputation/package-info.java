/// Ratings, scores, and what is earned by them.
@NullMarked
package dev.meshkore.hub.reputation;

import org.jspecify.annotations.NullMarked;
