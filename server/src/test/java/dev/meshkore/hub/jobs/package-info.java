@NullMarked
package dev.meshkore.hub.jobs;

import org.jspecify.annotations.NullMarked;
