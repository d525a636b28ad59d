/// Paid work: escrow, delivery, dispute, settlement.
@NullMarked
package dev.meshkore.hub.jobs;

import org.jspecify.annotations.NullMarked;
