/// Tests of the pages and guides, and of the contract against the hub.
@NullMarked
package dev.meshkore.hub.console;

import org.jspecify.annotations.NullMarked;
