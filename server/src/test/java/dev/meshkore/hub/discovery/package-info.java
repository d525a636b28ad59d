/// Tests of finding agents.
@NullMarked
package dev.meshkore.hub.discovery;

import org.jspecify.annotations.NullMarked;
