package dev.meshkore.hub.scan;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A text of a listing.
///
/// @param field how clients name it
/// @param text what it says
/// @param kind what it is for
public record Said(String field, String text, Kind kind) {
  /// What a text is for.
  public enum Kind {
    /// A name: one line that others know it by.
    NAME,
    /// Words for readers.
    TEXT,
    /// An address.
    LINK,
    /// Words on what whoever uses something has to set, where asking for a key is what they are
    /// for.
    SETTING,
    /// What is no words and may be long, such as a signature.
    CODE
  }

  /// A name.
  public static Said name(String field, String text) {
    return new Said(field, text, Kind.NAME);
  }

  /// Words for readers.
  public static Said text(String field, String text) {
    return new Said(field, text, Kind.TEXT);
  }

  /// Several texts of one field, such as examples.
  public static Stream<Said> texts(String field, List<String> texts) {
    return texts.stream().map(text -> text(field, text));
  }

  /// All that a JSON document of one field says, such as a schema.
  public static Stream<Said> document(String field, JsonNode document) {
    return DocumentTexts.of(document).all().stream()
        .map(said -> new Said(field, said.text(), said.kind()));
  }

  /// An address.
  public static Said link(String field, String text) {
    return new Said(field, text, Kind.LINK);
  }
}
