package dev.meshkore.hub.guard;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Who may write to whom: each agent's own policy, its contacts, and whom it blocks. A sender that
/// is not let in is answered the same whatever the reason, so that it cannot tell a block from a
/// policy. Thread-safe.
final class Consent implements SendRule {
  /// From whom an agent takes direct messages, when it blocks nobody.
  enum Policy {
    /// Everybody.
    OPEN,
    /// Contacts, those it has written to, and those it shares a channel with.
    KNOWN,
    /// Contacts.
    CONTACTS,
    /// Nobody.
    CLOSED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Policy of(String word) {
      return Arrays.stream(values())
          .filter(policy -> policy.word().equals(word))
          .findFirst()
          .orElseThrow(
              () -> Refused.field("policy", "policy must be open, known, contacts or closed"));
    }
  }

  /// What one agent says of another.
  ///
  /// @param other the other's number
  /// @param state `contact`, `requested`, `declined` or `blocked`
  /// @param note what the other wrote with its request
  record Said(long other, String state, String note, long changedAtMs) {}

  static final int NOTE_CHARACTERS_MAX = 500;
  private static final int SAID_MAX = 10_000;
  private static final int REQUESTS_MAX = 200;

  private final Database database;
  private final Agents agents;
  private final Notices notices;
  private final SendRules rules;
  private final Relations relations;
  private final InstantSource clock;
  private final Doors doors;

  Consent(Guard.Parts parts, SendRules rules, InstantSource clock) {
    this.database = parts.database();
    this.agents = parts.agents();
    this.notices = parts.notices();
    this.rules = rules;
    this.relations = parts.relations();
    this.clock = clock;
    this.doors = new Doors(database, clock);
    refresh();
  }

  /// Reads what other hubs changed.
  void refresh() {
    doors.refresh();
  }

  Policy policy(long agent) {
    return doors.of(agent).policy();
  }

  void setPolicy(long agent, Policy policy) {
    store(agent, 0, policy.word(), "");
  }

  boolean blocks(long agent, long other) {
    return doors.of(agent).blocked().contains(other);
  }

  /// What an agent says of others, in the order of their numbers.
  List<Said> said(long agent, long after, int limit) {
    return database.read(reader -> SqlConsent.said(reader, agent, after, limit));
  }

  /// Takes another for a contact, whether it has asked or not. It is told if it asked.
  void accept(long agent, String id, long other) {
    boolean hadAsked = "requested".equals(store(agent, other, "contact", ""));
    if (hadAsked) {
      notices.tell(
          agents.idOf(other), Json.object().put("notice", "contact-accepted").put("agent", id));
    }
  }

  /// Takes a contact away, who may ask again; or declines who asked, who is told nothing and is not
  /// heard again.
  void remove(long agent, long other) {
    long now = clock.millis();
    database.write(transaction -> {
      boolean hadAsked =
          SqlConsent.state(transaction, agent, other).filter("requested"::equals).isPresent();
      if (hadAsked) {
        SqlConsent.put(transaction, agent, new Said(other, "declined", "", now));
      }
      return hadAsked || SqlConsent.unsay(transaction, agent, other, "contact", now);
    });
  }

  void block(long agent, long other) {
    store(agent, other, "blocked", "");
  }

  /// Ends a block; without one nothing changes.
  void unblock(long agent, long other) {
    long now = clock.millis();
    database.write(transaction -> SqlConsent.unsay(transaction, agent, other, "blocked", now));
    doors.reload(agent);
  }

  /// Asks another to be taken for a contact. The answer is the same for whoever is a contact,
  /// blocked, declined, or asks again; only the first request is told. What it says reaches the
  /// other as a message would, so it keeps the same rules, and each asking is counted.
  ///
  /// @param body the call's, exactly
  void request(Caller.OfAgent caller, long other, String note, byte[] body) {
    RateLimiter.Decision rate = rules.take(caller.number());
    if (!rate.allowed()) {
      throw rate.refusal();
    }
    long now = clock.millis();
    String otherId = agents.idOf(other);
    var letter =
        new Letter(
            caller.number(),
            caller.id(),
            other,
            otherId,
            0,
            null,
            null,
            null,
            now,
            body,
            0,
            body.length,
            true,
            null);
    boolean isFirst =
        asIfSent(
            letter,
            transaction -> {
              Optional<String> said = SqlConsent.state(transaction, other, caller.number());
              if (said.isPresent() && !said.get().equals("none")) {
                return false;
              }
              if (SqlConsent.count(transaction, other, "requested") >= REQUESTS_MAX) {
                return false;
              }
              SqlConsent.put(transaction, other, new Said(caller.number(), "requested", note, now));
              return true;
            });
    if (isFirst) {
      notices.tell(
          otherId,
          Json.object()
              .put("notice", "contact-request")
              .put("agent", caller.id())
              .put("note", note)
              .put("what_to_do", "PUT /contacts/" + caller.id() + " takes it in, DELETE declines"));
    }
  }

  /// Does something in one transaction with the rules that a message would have to keep.
  private <T> T asIfSent(Letter letter, Database.Work<T> work) {
    try {
      return database.write(transaction -> {
        rules.begin(transaction);
        if (rules.concern(letter.sender(), letter.recipient(), letter.channel())) {
          rules.check(transaction, letter, relations);
        }
        return work.run(transaction);
      });
    } catch (Refused refused) {
      rules.refused(letter.sender(), letter.senderId(), refused.type(), letter.sentAtMs());
      throw refused;
    }
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return recipient != 0 && !doors.isWideOpen(recipient);
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    if (letter.isRequest()) {
      return; // To ask is how one is let in; whether it is heard is told to nobody.
    }
    Doors.Door door = doors.of(letter.recipient());
    boolean isLetIn =
        !door.blocked().contains(letter.sender())
            && switch (door.policy()) {
              case OPEN -> true;
              case KNOWN ->
                  isContact(transaction, letter) || isKnown(transaction, letter, relations);
              case CONTACTS -> isContact(transaction, letter);
              case CLOSED -> false;
            };
    if (!isLetIn) {
      throw new Refused(
          ProblemType.CONTACT_REQUIRED,
          letter.to() + " does not take this from you; ask with POST /contacts/" + letter.to());
    }
  }

  private static boolean isContact(Transaction transaction, Letter letter) throws SQLException {
    return SqlConsent.state(transaction, letter.recipient(), letter.sender())
        .filter("contact"::equals)
        .isPresent();
  }

  private static boolean isKnown(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    return relations.hasWritten(transaction, letter.recipient(), letter.sender())
        || relations.shareChannel(transaction, letter.recipient(), letter.sender());
  }

  /// Stores what an agent says of another, and answers what it said before, or "".
  private String store(long agent, long other, String state, String note) {
    long now = clock.millis();
    Optional<String> before =
        database.write(transaction -> {
          Optional<String> old = SqlConsent.state(transaction, agent, other);
          if (old.isEmpty() && SqlConsent.count(transaction, agent) >= SAID_MAX) {
            throw Refused.field("agent_id", "You may speak of " + SAID_MAX + " agents at most");
          }
          SqlConsent.put(transaction, agent, new Said(other, state, note, now));
          return old;
        });
    doors.reload(agent);
    return before.orElse("");
  }
}
