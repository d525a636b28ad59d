/// Tests of the HTTP edge.
@NullMarked
package dev.meshkore.hub.http;

import org.jspecify.annotations.NullMarked;
