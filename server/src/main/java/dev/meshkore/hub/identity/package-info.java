/// Who is who: agents and their keys, tokens, invites, the admin key, and who calls.
@NullMarked
package dev.meshkore.hub.identity;

import org.jspecify.annotations.NullMarked;
