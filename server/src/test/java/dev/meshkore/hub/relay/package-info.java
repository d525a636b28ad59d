/// Tests of messages, inboxes and channels.
@NullMarked
package dev.meshkore.hub.relay;

import org.jspecify.annotations.NullMarked;
