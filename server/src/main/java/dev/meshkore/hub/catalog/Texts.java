package dev.meshkore.hub.catalog;

import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads texts out of documents that strangers wrote: what is too long is cut, and what no profile
/// could say is refused.
final class Texts {
  static final int DESCRIPTION_MAX = 2_000;

  private static final int NAME_MAX = 100;
  private static final int EXAMPLE_MAX = 300;
  private static final int LIST_MAX = 20;

  private Texts() {}

  static String name(JsonNode document, String member) {
    String name = text(document, member, NAME_MAX).strip();
    if (name.isEmpty() || name.indexOf('\n') >= 0) {
      throw Refused.field(member, "The document has no " + member + " of one line");
    }
    return name;
  }

  /// The text of a member, or "" where there is none.
  static String text(JsonNode document, String member, int charactersMax) {
    JsonNode node = document.path(member);
    if (!node.isString()) {
      return "";
    }
    String whole = ProfileFields.freeText(member, node.stringValue(), Integer.MAX_VALUE);
    int count = whole.codePointCount(0, whole.length());
    return count <= charactersMax
        ? whole
        : whole.substring(0, whole.offsetByCodePoints(0, charactersMax));
  }

  static List<String> examples(Iterable<JsonNode> nodes) {
    var examples = new LinkedHashSet<String>();
    for (JsonNode node : nodes) {
      boolean isFit = node.isString() && node.stringValue().length() <= EXAMPLE_MAX;
      if (isFit && !node.stringValue().isBlank() && examples.size() < LIST_MAX) {
        examples.add(ProfileFields.freeText("examples", node.stringValue(), EXAMPLE_MAX));
      }
    }
    return new ArrayList<>(examples);
  }

  /// Those of the names that an agent may have as capabilities.
  static List<String> capabilities(List<String> names) {
    var capabilities = new LinkedHashSet<String>();
    for (String name : names) {
      try {
        capabilities.addAll(ProfileFields.capabilities(List.of(name)));
      } catch (Refused _) {
        // A name that no capability has is found in the description.
      }
    }
    return capabilities.stream().limit(LIST_MAX).toList();
  }
}
