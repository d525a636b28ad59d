package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;

/// How an agent is written into the index.
final class IndexFields {
  static final String ID = "id";
  static final String NUMBER = "number";
  static final String STATUS = "status";
  static final String CAPABILITY = "capability";
  static final String NAME = "name";
  static final String CAPABILITIES = "capabilities";
  static final String DESCRIPTION = "description";

  /// Stems and words of all of the above, for finding what is spelt alike.
  static final String STEMS = "stems";

  static final String WORDS = "words";

  static final Analyzer ANALYZER =
      new PerFieldAnalyzerWrapper(
          WordAnalyzer.ofProfiles(true), Map.of(WORDS, WordAnalyzer.ofProfiles(false)));

  private static final Pattern MARKS = Pattern.compile("[^A-Za-z0-9]+");
  private static final FieldType TEXT = text();

  private IndexFields() {}

  static Document of(Agent agent) {
    String name = withWhole(agent.id());
    var capabilities = new StringBuilder();
    var document = new Document();
    for (String capability : agent.capabilities()) {
      capabilities.append(withWhole(capability)).append('\n');
      document.add(new StringField(CAPABILITY, folded(capability), Field.Store.NO));
    }
    document.add(new StringField(ID, agent.id(), Field.Store.NO));
    document.add(new SortedDocValuesField(ID, new BytesRef(agent.id())));
    document.add(new LongField(NUMBER, agent.number(), Field.Store.NO));
    document.add(new StringField(STATUS, agent.status(), Field.Store.NO));
    document.add(new Field(NAME, name, TEXT));
    document.add(new Field(CAPABILITIES, capabilities, TEXT));
    document.add(new Field(DESCRIPTION, agent.description(), TEXT));
    String all = name + "\n" + capabilities + "\n" + agent.description();
    document.add(new Field(STEMS, all, TEXT));
    document.add(new Field(WORDS, all, TEXT));
    return document;
  }

  /// A capability as it is compared.
  static String folded(String capability) {
    return capability.toLowerCase(Locale.ROOT);
  }

  /// `code-review` is found by `codereview` too.
  private static String withWhole(String name) {
    String whole = MARKS.matcher(name).replaceAll("");
    return whole.length() == name.length() ? name : name + " " + whole;
  }

  private static FieldType text() {
    var type = new FieldType();
    type.setTokenized(true);
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.freeze();
    return type;
  }
}
