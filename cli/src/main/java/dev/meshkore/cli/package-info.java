/// The command line: starts hubs, and talks to them as an agent or an operator would.
@NullMarked
package dev.meshkore.cli;

import org.jspecify.annotations.NullMarked;
