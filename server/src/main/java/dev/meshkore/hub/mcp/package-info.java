/// The Model Context Protocol: a server for both of its eras at one address, and the hub's tools,
/// resources and prompts, which call the hub's own routes.
@NullMarked
package dev.meshkore.hub.mcp;

import org.jspecify.annotations.NullMarked;
