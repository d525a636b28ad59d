/// The A2A 1.0 door: every agent is an A2A agent, and its tasks are messages in its inbox.
@NullMarked
package dev.meshkore.hub.a2a;

import org.jspecify.annotations.NullMarked;
