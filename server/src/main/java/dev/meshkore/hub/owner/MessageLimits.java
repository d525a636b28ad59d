package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How many messages a mandate lets an agent send: all the limits hold at once.
///
/// @param lifetime in all, or none said
/// @param windows in any time of a length
record MessageLimits(OptionalLong lifetime, List<Window> windows) {
  /// As many as one likes.
  static final MessageLimits NONE = new MessageLimits(OptionalLong.empty(), List.of());

  private static final long COUNT_MAX = 1_000_000_000_000L;
  private static final long SECONDS_MAX = 366L * 24 * 3_600;
  private static final int WINDOWS_MAX = 8;

  /// So many in any time of this length.
  record Window(long seconds, long count) {}

  MessageLimits {
    windows = List.copyOf(windows);
  }

  static MessageLimits read(Fields fields) {
    long lifetime = fields.number("lifetime", -1, 0, COUNT_MAX);
    var windows = new ArrayList<Window>();
    var lengths = new HashSet<Long>();
    for (Fields one : fields.objects("windows")) {
      var window =
          new Window(one.number("seconds", 1, SECONDS_MAX), one.number("count", 0, COUNT_MAX));
      one.end();
      windows.add(window);
      if (!lengths.add(window.seconds()) || windows.size() > WINDOWS_MAX) {
        throw Refused.field(
            "messages", "windows must be at most " + WINDOWS_MAX + ", each of another length");
      }
    }
    fields.end();
    return new MessageLimits(
        lifetime < 0 ? OptionalLong.empty() : OptionalLong.of(lifetime), windows);
  }

  /// True where these limits alone let nobody send more than the other's: what is at most so many
  /// in a longer time is at most as many in a shorter one.
  boolean isWithin(MessageLimits other) {
    boolean isLifetimeWithin =
        other.lifetime.isEmpty()
            || (lifetime.isPresent() && lifetime.getAsLong() <= other.lifetime.getAsLong());
    return isLifetimeWithin && other.windows.stream().allMatch(this::keeps);
  }

  private boolean keeps(Window wider) {
    boolean isByLifetime = lifetime.isPresent() && lifetime.getAsLong() <= wider.count();
    return isByLifetime
        || windows.stream()
            .anyMatch(own -> own.seconds() >= wider.seconds() && own.count() <= wider.count());
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    lifetime.ifPresent(count -> json.put("lifetime", count));
    ArrayNode list = json.putArray("windows");
    for (Window window : windows) {
      list.addObject().put("seconds", window.seconds()).put("count", window.count());
    }
    return json;
  }
}
