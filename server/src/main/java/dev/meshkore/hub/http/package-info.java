/// The edge: listener, routes, JSON, problem bodies, event streams and WebSockets. Only this module
/// knows Vert.x.
@NullMarked
package dev.meshkore.hub.http;

import org.jspecify.annotations.NullMarked;
