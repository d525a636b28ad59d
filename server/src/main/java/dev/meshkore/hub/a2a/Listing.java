package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What somebody wants to see of the tasks of an agent: the `params` of `ListTasks`.
///
/// @param size the most tasks of a page
/// @param historyLength the most messages of each; null for all
/// @param withArtifacts whether artifacts are shown
/// @param contextId only of this context
/// @param state only in this state
/// @param sinceMs only changed at this time or later
/// @param after where the page before ended
record Listing(
    int size,
    @Nullable Integer historyLength,
    boolean withArtifacts,
    @Nullable String contextId,
    @Nullable TaskState state,
    long sinceMs,
    SqlTasks.Place after) {
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 100;
  private static final long PAGE_BYTES = 4L << 20;

  static Listing read(JsonNode params) {
    Integer pageSize = Texts.number(params, "pageSize", 0, PAGE_MAX);
    return new Listing(
        pageSize == null || pageSize == 0 ? PAGE : pageSize,
        Texts.number(params, "historyLength", 0, Outgoing.HISTORY_MAX),
        Texts.flag(params, "includeArtifacts"),
        Texts.id(params, "contextId").orElse(null),
        status(params),
        since(params),
        place(params));
  }

  /// The page as `reader` sees it.
  ObjectNode of(Tasks tasks, long agent, long reader) {
    var wanted = new SqlTasks.Wanted(agent, reader, contextId, state, sinceMs);
    Tasks.Page page = tasks.list(wanted, after, size + 1, PAGE_BYTES);
    List<Task> found = page.tasks();
    List<Task> shown = found.subList(0, Math.min(size, found.size()));
    boolean isLast = shown.size() == found.size() && found.size() <= size;
    ObjectNode result = Json.object();
    ArrayNode list = result.putArray("tasks");
    shown.forEach(task -> list.add(task.view(historyLength, withArtifacts)));
    boolean hasMore = !isLast || page.isCut();
    result.put("nextPageToken", hasMore && !shown.isEmpty() ? token(shown.getLast()) : "");
    result.put("pageSize", size);
    result.put("totalSize", page.total());
    return result;
  }

  private static @Nullable TaskState status(JsonNode params) {
    return Texts.text(params, "status")
        .filter(text -> !text.isEmpty() && !text.equals("TASK_STATE_UNSPECIFIED"))
        .map(text ->
            TaskState.ofWire(text)
                .orElseThrow(() -> Refused.field("status", "There is no task state of this name")))
        .orElse(null);
  }

  private static long since(JsonNode params) {
    Optional<String> text =
        Texts.text(params, "statusTimestampAfter").filter(given -> !given.isEmpty());
    try {
      return text.map(given -> Math.max(0, Instant.parse(given).toEpochMilli())).orElse(0L);
    } catch (DateTimeParseException | ArithmeticException _) {
      throw Refused.field("statusTimestampAfter", "statusTimestampAfter must be an RFC 3339 time");
    }
  }

  private static String token(Task task) {
    String place = task.updatedAt() + " " + task.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  private static SqlTasks.Place place(JsonNode params) {
    String token = Texts.id(params, "pageToken").orElse("");
    if (token.isEmpty()) {
      return SqlTasks.Place.START;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split(" ", 2);
      return new SqlTasks.Place(Long.parseLong(parts[0]), Texts.id("pageToken", parts[1]));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      throw Refused.field("pageToken", "pageToken must be the nextPageToken of a page");
    }
  }
}
