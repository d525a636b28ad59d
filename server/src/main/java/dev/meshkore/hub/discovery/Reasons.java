package dev.meshkore.hub.discovery;

import dev.meshkore.hub.meaning.Found;
import java.util.ArrayList;
import java.util.List;

/// Says what ranked a hit, in the hub's own words: no text of an agent is in them.
final class Reasons {
  private static final double WELL = 0.45;
  private static final double SOME = 0.25;

  private Reasons() {}

  static List<String> of(Found.Hit hit) {
    var reasons = new ArrayList<String>();
    if (hit.examples() >= WELL) {
      reasons.add("one of its example requests is close to yours");
    }
    if (hit.meaning() >= WELL) {
      reasons.add("what it says of itself means much the same");
    } else if (hit.meaning() >= SOME) {
      reasons.add("what it says of itself is related");
    }
    if (hit.words() >= WELL) {
      reasons.add("many of your words are in its profile");
    } else if (hit.words() > 0) {
      reasons.add("some of your words are in its profile");
    }
    if (reasons.isEmpty()) {
      reasons.add("nothing that is here comes much nearer");
    }
    return reasons;
  }
}
