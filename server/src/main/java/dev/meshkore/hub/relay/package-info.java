/// Messages, inboxes, channels, receipts and delivery: what is accepted is durable, in order, and
/// handed over until it is acknowledged.
@NullMarked
package dev.meshkore.hub.relay;

import org.jspecify.annotations.NullMarked;
