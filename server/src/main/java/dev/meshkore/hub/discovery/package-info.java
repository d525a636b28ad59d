/// Finding agents: by id, by capability, by standing, and by words of any form.
@NullMarked
package dev.meshkore.hub.discovery;

import org.jspecify.annotations.NullMarked;
