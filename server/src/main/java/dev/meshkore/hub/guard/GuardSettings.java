package dev.meshkore.hub.guard;

/// What an operator sets of the limits on behaviour. Of a threshold 0 says that it follows from the
/// rate limit, so that there is none without one; a negative one is off.
///
/// @param ratePerMinute messages a minute for each agent; 0 for no limit
/// @param pairRatePerMinute messages a minute from one agent to another; 0 for no limit
/// @param turns answers within a second, in a minute, between two agents
/// @param repeats equal payloads in a minute, from one agent to the same place
/// @param recipients agents to which one wrote for the first time, in a minute
/// @param refusals refused messages in a minute, where four of five are refused
/// @param depth agents, one after the other, by whom a thread was handed on
/// @param breadth agents to whom a thread was handed on in all
/// @param ownerMessages messages a minute of all agents of an owner; 0 for no limit
/// @param hubMessages messages a minute of all agents; 0 for no limit
/// @param hubRefusals refused messages a minute of all agents, as above; 0 for no limit
/// @param payments payments a minute of an agent
/// @param spike how many times the median of what an agent paid before it may pay at once
/// @param approvalsKeptDays how long approvals are kept after they were decided
public record GuardSettings(
    int ratePerMinute,
    int pairRatePerMinute,
    int turns,
    int repeats,
    int recipients,
    int refusals,
    int depth,
    int breadth,
    int ownerMessages,
    int hubMessages,
    int hubRefusals,
    int payments,
    int spike,
    int approvalsKeptDays) {
  private static final int LEAST = 20;
  private static final int DEPTH = 10;
  private static final int BREADTH = 100;
  private static final int SPIKE = 100;

  /// The same with every threshold worked out: 0 where there is none.
  GuardSettings resolved() {
    return new GuardSettings(
        ratePerMinute,
        pairRatePerMinute,
        resolved(turns, ratePerMinute * 3L / 2),
        resolved(repeats, ratePerMinute / 2),
        resolved(recipients, ratePerMinute * 2L / 3),
        resolved(refusals, ratePerMinute / 3),
        fixed(depth, DEPTH),
        fixed(breadth, BREADTH),
        ownerMessages,
        hubMessages,
        hubRefusals,
        resolved(payments, ratePerMinute / 2),
        fixed(spike, SPIKE),
        approvalsKeptDays);
  }

  private int resolved(int given, long derived) {
    if (given != 0) {
      return Math.max(0, given);
    }
    return ratePerMinute == 0 ? 0 : (int) Math.max(LEAST, derived);
  }

  /// The same where it is not the rate that says how much, but only whether.
  private int fixed(int given, int otherwise) {
    if (given != 0) {
      return Math.max(0, given);
    }
    return ratePerMinute == 0 ? 0 : otherwise;
  }

  /// Whether there is anything to count, besides how threads are handed on.
  boolean hasThresholds() {
    return turns + repeats + recipients + refusals > 0
        || ownerMessages + hubMessages + hubRefusals > 0;
  }
}
