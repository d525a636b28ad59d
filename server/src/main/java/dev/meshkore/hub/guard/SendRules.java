package dev.meshkore.hub.guard;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Arrays;

/// The rates of senders, and the rules that every message must keep, in the order in which they
/// were added. Filled at start, read by the writers afterwards.
public final class SendRules {
  private final RateLimiter rates;
  private volatile SendRule[] rules = {};

  /// No rules but these rates.
  public SendRules(RateLimiter rates) {
    this.rates = rates;
  }

  /// Takes a token of a sender's rate, if there is one.
  public RateLimiter.Decision take(long sender) {
    return rates.take(sender);
  }

  /// Adds a rule, after those that are there.
  public synchronized void add(SendRule rule) {
    SendRule[] more = Arrays.copyOf(rules, rules.length + 1);
    more[rules.length] = rule;
    rules = more;
  }

  /// Tells every rule that a group of messages begins.
  public void begin(Transaction transaction) throws SQLException {
    for (SendRule rule : rules) {
      rule.begin(transaction);
    }
  }

  /// Whether any rule has to say something of a message; of what the hub itself says, none has.
  public boolean concern(long sender, long recipient, long channel) {
    if (sender == Agents.HUB) {
      return false;
    }
    for (SendRule rule : rules) {
      if (rule.concerns(sender, recipient, channel)) {
        return true;
      }
    }
    return false;
  }

  /// Lets the rules that a message concerns check it. The caller undoes what they changed when one
  /// of them refuses.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when one does
  public void check(Transaction transaction, SendRule.Letter letter, Relations relations)
      throws SQLException {
    for (SendRule rule : rules) {
      if (rule.concerns(letter.sender(), letter.recipient(), letter.channel())) {
        rule.check(transaction, letter, relations);
      }
    }
    for (SendRule rule : rules) {
      if (rule.concerns(letter.sender(), letter.recipient(), letter.channel())) {
        rule.passed(letter);
      }
    }
  }

  /// Asks every rule whether an agent may spend money, and answers what they count when it does.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where one of them refuses
  public SendRule.Counting spend(Transaction transaction, SendRule.Spending spending)
      throws SQLException {
    SendRule.Counting all = SendRule.Counting.NOTHING;
    for (SendRule rule : rules) {
      all = all.and(rule.spend(transaction, spending));
    }
    return all;
  }

  /// Tells every rule of a message that is being erased.
  public void erased(Transaction transaction, long sender, String id, byte[] payload)
      throws SQLException {
    for (SendRule rule : rules) {
      rule.erased(transaction, sender, id, payload);
    }
  }

  /// Tells every rule of a message that was refused.
  public void refused(long sender, String senderId, ProblemType type, long atMs) {
    for (SendRule rule : rules) {
      rule.refused(sender, senderId, type, atMs);
    }
  }
}
