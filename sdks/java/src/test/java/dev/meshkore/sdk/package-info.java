/// Tests of the SDK against a real hub.
@NullMarked
package dev.meshkore.sdk;

import org.jspecify.annotations.NullMarked;
