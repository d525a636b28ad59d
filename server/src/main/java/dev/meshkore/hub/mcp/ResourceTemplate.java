package dev.meshkore.hub.mcp;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Resources whose URI has one part to fill in.
///
/// @param definition as `resources/templates/list` shows it; `uriTemplate` has one `{name}`
/// @param handler answers `contents`; the part is among the arguments, by its name
/// @param completer completes the part
public record ResourceTemplate(ObjectNode definition, McpHandler handler, Completer completer) {
  String uriTemplate() {
    return definition.path("uriTemplate").asString();
  }

  /// The name of the part.
  String part() {
    String template = uriTemplate();
    return template.substring(template.indexOf('{') + 1, template.indexOf('}'));
  }

  /// The part's value in a URI of this form.
  Optional<String> match(String uri) {
    String template = uriTemplate();
    String before = template.substring(0, template.indexOf('{'));
    String after = template.substring(template.indexOf('}') + 1);
    boolean fits = uri.startsWith(before) && uri.endsWith(after);
    if (!fits || uri.length() <= before.length() + after.length()) {
      return Optional.empty();
    }
    String value = uri.substring(before.length(), uri.length() - after.length());
    return value.contains("/") ? Optional.empty() : Optional.of(value);
  }
}
