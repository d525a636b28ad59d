/// What is listed from outside, and what this hub lists for others: A2A cards, AI catalogs, servers
/// of the MCP registry, and the interface of ARD registries.
@NullMarked
package dev.meshkore.hub.catalog;

import org.jspecify.annotations.NullMarked;
