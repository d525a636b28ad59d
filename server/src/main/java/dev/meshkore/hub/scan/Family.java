package dev.meshkore.hub.scan;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What kind of thing an instruction wants. Of each kind the strongest one in a text counts.
enum Family {
  OVERRIDE("to forget what it was told"),
  MARKUP("in the marks of a chat"),
  ADDRESS("as a model"),
  CHOOSE("to choose this one"),
  SECRECY("to keep something from people"),
  TAKE("to hand out what is secret"),
  AWAY("to say where secrets go"),
  ACT("to run something"),
  PAY("to send money"),
  RANK("to put this above its orders"),
  VEILED("in letters taken apart");

  private final String words;

  Family(String words) {
    this.words = words;
  }

  static Family of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  static String words(Set<Family> families) {
    return families.stream().map(family -> family.words).collect(Collectors.joining(", "));
  }
}
