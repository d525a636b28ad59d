/// What people and agents read: the hub's pages, its contract, its refusals, and its guides.
@NullMarked
package dev.meshkore.hub.console;

import org.jspecify.annotations.NullMarked;
