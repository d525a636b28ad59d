/// How text of other agents is handed to a model: fenced, labelled and capped.
@NullMarked
package dev.meshkore.hub.fence;

import org.jspecify.annotations.NullMarked;
