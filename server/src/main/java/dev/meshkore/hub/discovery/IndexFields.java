package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.meaning.WordFields;
import java.util.Locale;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.util.BytesRef;

/// How an agent is written into the index.
final class IndexFields {
  static final String ID = "id";
  static final String NUMBER = "number";
  static final String STATUS = "status";
  static final String CAPABILITY = "capability";

  private IndexFields() {}

  static Document of(Agent agent) {
    var document = new Document();
    for (String capability : agent.capabilities()) {
      document.add(new StringField(CAPABILITY, folded(capability), Field.Store.NO));
    }
    document.add(new StringField(ID, agent.id(), Field.Store.NO));
    document.add(new SortedDocValuesField(ID, new BytesRef(agent.id())));
    document.add(new LongField(NUMBER, agent.number(), Field.Store.NO));
    document.add(new StringField(STATUS, agent.status(), Field.Store.NO));
    WordFields.add(document, agent.id(), agent.capabilities(), agent.description());
    return document;
  }

  /// A capability as it is compared.
  static String folded(String capability) {
    return capability.toLowerCase(Locale.ROOT);
  }
}
