/// The Agent Communication Protocol of IBM's BeeAI, frozen since it joined A2A: a thin front.
@NullMarked
package dev.meshkore.hub.acp;

import org.jspecify.annotations.NullMarked;
