package dev.meshkore.hub.intent;

import java.util.List;

/// What a request asks for, or rules out, beside its subject. Each list holds a thing once, in the
/// order in which it was said.
///
/// @param words phrases as they were said, such as `handle scanned PDFs`
/// @param pairs translations
/// @param languages ISO 639 codes in lower case, of languages that no pair holds
/// @param places where somebody is to be, or what law applies
/// @param certifications what somebody is to have been granted, by the words of this module, such
///   as `certified`, `sworn`, `licensed`, `iso-27001` or `hipaa`
public record Requirements(
    List<String> words,
    List<LanguagePair> pairs,
    List<String> languages,
    List<Place> places,
    List<String> certifications) {
  /// Nothing.
  public static final Requirements NONE =
      new Requirements(List.of(), List.of(), List.of(), List.of(), List.of());

  /// Lists that nobody changes any more.
  public Requirements {
    words = List.copyOf(words);
    pairs = List.copyOf(pairs);
    languages = List.copyOf(languages);
    places = List.copyOf(places);
    certifications = List.copyOf(certifications);
  }

  /// Whether nothing is asked for.
  public boolean isEmpty() {
    return equals(NONE);
  }
}
