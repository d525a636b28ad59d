/// Tests of the MCP door, through a real hub.
@NullMarked
package dev.meshkore.hub.mcp;

import org.jspecify.annotations.NullMarked;
