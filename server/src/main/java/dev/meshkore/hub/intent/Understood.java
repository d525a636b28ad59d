package dev.meshkore.hub.intent;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What was understood of a request: plain data, bounded in size. It claims nothing about who can
/// do the work. Conditions that were named without a word for how much they matter are in `must`,
/// but for places where that is not where somebody is to be (`weather in Spain`): they are `nice`.
///
/// @param wanted the words to rank by: the request without its time, money and what is ruled out;
///   the whole request where nothing else is left
/// @param must what whoever does it has to have
/// @param nice what is better to have
/// @param not what is ruled out
/// @param deadline when it must be done, if that was said
/// @param budget the most it may cost, if that was said
/// @param isNow whether somebody is wanted who is there now
/// @param latencyMax how long an answer may take, if that was said
/// @param by which interpreter read it: `plain` or `model`
/// @param notes how things were read that can be read in more than one way, in short sentences
public record Understood(
    String wanted,
    Requirements must,
    Requirements nice,
    Requirements not,
    @Nullable Deadline deadline,
    @Nullable Budget budget,
    boolean isNow,
    @Nullable Duration latencyMax,
    String by,
    List<String> notes) {
  /// Notes that nobody changes any more.
  public Understood {
    notes = List.copyOf(notes);
  }

  /// Its form in answers; what was not said is not in it.
  public ObjectNode json() {
    return UnderstoodJson.write(this);
  }
}
