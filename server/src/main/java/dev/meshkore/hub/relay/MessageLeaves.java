package dev.meshkore.hub.relay;

import dev.meshkore.hub.audit.LeafSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The journal's messages as leaves of the audit log. A record says who wrote to whom, when, and
/// with which sequence; of the content it has the digest alone. It is put together from the bytes
/// of the content's first members, which [Frames] writes in a fixed order and without escapes.
public final class MessageLeaves implements LeafSource {
  /// Before its members: id, from, to or channel, sent_at; each has a name and a value.
  private static final int TEXTS = 8;

  private static final int FROM = 3;
  private static final int TO = 5;
  private static final int SENT_AT = 7;

  @Override
  public List<Entry> entries(byte[] row) {
    List<JournalRow.Item> items = JournalRow.read(row);
    var entries = new ArrayList<Entry>(items.size());
    for (JournalRow.Item item : items) {
      entries.add(new Message(item));
    }
    return entries;
  }

  private record Message(JournalRow.Item item) implements Entry {
    @Override
    public int offset() {
      return item.offset();
    }

    @Override
    public int length() {
      return item.length();
    }

    @Override
    public boolean concerns(long agent) {
      return item.sender() == agent
          || item.targets().stream().anyMatch(target -> target.agent() == agent);
    }

    @Override
    public byte[] record(byte[] row, byte[] digest) {
      int[] quotes = quotes(row);
      boolean isOfChannel = item.channel() != 0;
      var out = new StringBuilder(192);
      out.append("{\"at\":").append(text(row, quotes, SENT_AT));
      if (isOfChannel) {
        out.append(",\"channel\":").append(text(row, quotes, TO));
      }
      out.append(",\"digest\":\"").append(new String(digest, StandardCharsets.ISO_8859_1));
      out.append("\",\"from\":").append(text(row, quotes, FROM));
      out.append(",\"kind\":\"message\"");
      if (isOfChannel) {
        out.append(",\"recipients\":").append(item.targets().size());
      } else {
        out.append(",\"sequence\":").append(item.targets().getFirst().sequence());
        out.append(",\"to\":").append(text(row, quotes, TO));
      }
      return out.append(",\"v\":1}").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Where the quotes of the first texts are.
    private int[] quotes(byte[] row) {
      int[] quotes = new int[2 * TEXTS];
      int found = 0;
      int end = item.offset() + item.length();
      for (int at = item.offset(); at < end && found < quotes.length; at++) {
        if (row[at] == '"') {
          quotes[found++] = at;
        }
      }
      if (found < quotes.length) {
        throw new IllegalStateException("This is no message");
      }
      return quotes;
    }

    private static String text(byte[] row, int[] quotes, int number) {
      int from = quotes[2 * number];
      return new String(row, from, quotes[2 * number + 1] + 1 - from, StandardCharsets.ISO_8859_1);
    }
  }
}
