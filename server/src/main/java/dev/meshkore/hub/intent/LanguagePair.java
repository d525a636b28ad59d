package dev.meshkore.hub.intent;

/// A translation.
///
/// @param from the ISO 639 code of the language of what is there, in lower case
/// @param to the code of the language of what is wanted
public record LanguagePair(String from, String to) {}
