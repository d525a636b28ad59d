package dev.meshkore.cli;

import java.net.URI;

/// The program that assistants run for their hooks: a few lines of shell, because a Java process
/// for each prompt would be felt.
final class HookScript {
  /// Where it is, within a project.
  static final String FILE = ".meshkore/hook";

  private HookScript() {}

  /// The script for a hub. It says nothing, and succeeds, when there is no hub or no key.
  static String text(URI hub) {
    return """
    #!/bin/sh
    # Hands the JSON of a hook to the hub and prints its answer; written by `meshkore connect`.
    # Usage: hook claude|codex|gemini|cursor
    # The key is MESHKORE_TOKEN, or in the file beside this one.
    hub=%s
    token=${MESHKORE_TOKEN:-$(cat "$(dirname "$0")/token" 2>/dev/null)}
    [ -n "$token" ] || exit 0
    curl -sf --connect-timeout 1 --max-time 4 -H @/dev/fd/3 -H 'Content-Type: application/json' \\
      --data-binary @- "${MESHKORE_URL:-$hub}/hooks/$1" 2>/dev/null 3<<END || exit 0
    Authorization: Bearer $token
    END
    """
        .formatted(quoted(hub.toString()));
  }

  /// A text as one word of a shell, whatever is in it.
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
