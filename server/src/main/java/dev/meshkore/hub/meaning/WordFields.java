package dev.meshkore.hub.meaning;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;

/// The fields in which words are found by [WordQuery].
public final class WordFields {
  /// The analyzer of an index that has these fields.
  public static final Analyzer ANALYZER =
      new PerFieldAnalyzerWrapper(
          WordAnalyzer.ofProfiles(true), Map.of(WordFields.WORDS, WordAnalyzer.ofProfiles(false)));

  static final String NAME = "name";
  static final String TAGS = "tags";
  static final String TEXT = "text";

  /// Stems and words of all of the above, for finding what is spelt alike.
  static final String STEMS = "stems";

  static final String WORDS = "words";

  /// Stems of what an entry says of itself, without its examples.
  static final String SAID = "said";

  private static final Pattern MARKS = Pattern.compile("[^A-Za-z0-9]+");
  private static final FieldType TYPE = type();

  private WordFields() {}

  /// Adds the words of an entry to its document.
  public static void add(Document document, String id, Collection<String> tags, String text) {
    document.add(new Field(NAME, withWhole(id), TYPE));
    document.add(new Field(TAGS, names(tags), TYPE));
    document.add(new Field(TEXT, text, TYPE));
    addWhole(document, id, tags, text);
  }

  /// Adds the words of an entry as one text.
  static void addWhole(Document document, String id, Collection<String> tags, String text) {
    String all = withWhole(id) + "\n" + names(tags) + "\n" + text;
    document.add(new Field(STEMS, all, TYPE));
    document.add(new Field(WORDS, all, TYPE));
  }

  /// Adds the words that an entry says of itself, beside those of all its texts.
  static void addSaid(Document document, String id, Collection<String> tags, String text) {
    String said = withWhole(id) + "\n" + names(tags) + "\n" + text;
    document.add(new Field(SAID, said, TYPE));
  }

  private static String names(Collection<String> tags) {
    return tags.stream().map(WordFields::withWhole).collect(Collectors.joining("\n"));
  }

  /// `code-review` is found by `codereview` too.
  private static String withWhole(String name) {
    String whole = MARKS.matcher(name).replaceAll("");
    return whole.length() == name.length() ? name : name + " " + whole;
  }

  private static FieldType type() {
    var type = new FieldType();
    type.setTokenized(true);
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.freeze();
    return type;
  }
}
