/// Tests of the courier: a real hub, and real A2A agents on loopback.
@NullMarked
package dev.meshkore.hub.courier;

import org.jspecify.annotations.NullMarked;
