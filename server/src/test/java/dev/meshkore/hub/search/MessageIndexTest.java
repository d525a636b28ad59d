package dev.meshkore.hub.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.relay.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is erased while segments are being merged.
final class MessageIndexTest {
  private static final int SEGMENTS_MAX = 40;

  @TempDir private Path folder;

  /// Takes up the first merge and leaves it unfinished until words are merged out for the second
  /// time.
  private static final class Unfinished extends MergeScheduler {
    private MergePolicy.@Nullable OneMerge begun;
    private @Nullable MergeSource source;
    private int rounds;

    @Override
    public void merge(MergeSource source, MergeTrigger trigger) throws IOException {
      this.source = source;
      if (trigger == MergeTrigger.EXPLICIT && begun != null && ++rounds == 2) {
        finish();
      }
      while (source.hasPendingMerges()) {
        MergePolicy.OneMerge next = source.getNextMerge();
        if (rounds == 0 && begun == null && trigger != MergeTrigger.EXPLICIT) {
          begun = next;
        } else {
          source.merge(next);
        }
      }
    }

    /// Nobody may wait for ever for a merge that is left.
    void finish() throws IOException {
      MergePolicy.OneMerge left = begun;
      begun = null;
      if (left != null && source != null) {
        source.merge(left);
      }
    }

    boolean hasBegun() {
      return begun != null;
    }

    int rounds() {
      return rounds;
    }

    @Override
    public void close() {}
  }

  @Test
  void wordsOfASegmentThatIsBeingMergedAreGoneToo() throws IOException {
    var scheduler = new Unfinished();
    try (var index = new MessageIndex(folder, true, 0, scheduler)) {
      int count = 0;
      while (!scheduler.hasBegun()) {
        assertThat(count).as("segments without a merge").isLessThan(SEGMENTS_MAX);
        String text = count == 0 ? "quincetree" : "house";
        index.add(List.of(message(++count, text)), Transcript.Mark.START);
        index.refresh();
      }
      try {
        index.erase(List.of(new Transcript.Erased(1, 1, 0)));
        assertThat(words()).contains("house").doesNotContain("quincetree");
        assertThat(scheduler.rounds()).isGreaterThanOrEqualTo(2);
      } finally {
        scheduler.finish();
      }
    }
  }

  private static Transcript.Message message(long position, String text) {
    String content =
        "\"id\":\"m%d\",\"from\":\"a\",\"sent_at\":\"2026-11-21T14:30:00.000Z\",\"payload\":\"%s\"}"
            .formatted(position, text);
    return new Transcript.Message(
        position, 0, 1, 2, 0, 0, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Every word in the files, also of messages that are only marked as deleted.
  private Set<String> words() throws IOException {
    var words = new TreeSet<String>();
    try (var directory = FSDirectory.open(folder);
        var reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        TermsEnum each = leaf.reader().terms(MessageIndex.TEXT).iterator();
        while (each.next() != null) {
          words.add(each.term().utf8ToString());
        }
      }
    }
    return words;
  }
}
