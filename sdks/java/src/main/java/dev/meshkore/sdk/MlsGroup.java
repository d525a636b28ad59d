package dev.meshkore.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One encrypted group, of which the agent is a member. Its messages are read from the history of
/// its channel, in the order that the hub gave them: the first change of an epoch counts, and who
/// comes second proposes again. Thread-safe. A group lives as long as the process.
public final class MlsGroup {
  /// Messages that were on their way while the group changed can still be read: so many epochs are
  /// kept, and no more, so that keys do not outlive their use.
  private static final int PAST_EPOCHS = 2;

  private static final int ATTEMPTS = 10;

  private final MeshKoreAgent agent;
  private final Peers peers;
  private final Environment environment;
  private final String channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<MlsState> past = new ArrayDeque<>();
  private final ArrayDeque<Message> read = new ArrayDeque<>();
  private MlsState state;
  private @Nullable Place last;
  private @Nullable Proposed proposed;
  private @Nullable String end;

  /// One message of the channel.
  record Place(String sender, String id) {
    static Place of(Message message) {
      return new Place(message.sender(), message.id());
    }
  }

  /// A change of this agent that the channel has not decided on.
  record Proposed(String id, long epoch, MlsState.Commit commit) {}

  MlsGroup(
      MeshKoreAgent agent,
      Peers peers,
      Environment environment,
      String channel,
      MlsState state,
      @Nullable Place last) {
    this.agent = agent;
    this.peers = peers;
    this.environment = environment;
    this.channel = channel;
    this.state = state;
    this.last = last;
  }

  /// Its channel.
  public String channel() {
    return channel;
  }

  /// How often the group has changed, as far as this member has read.
  public long epoch() {
    return locked(() -> state.epoch());
  }

  /// The agents that can read what is sent now.
  public Set<String> members() {
    return locked(() -> state.members().keySet());
  }

  /// Why the group can no longer be used by this agent; empty while it can.
  public Optional<String> end() {
    return locked(() -> Optional.ofNullable(end));
  }

  /// Sends a payload that only the members can read.
  public Sent send(Object payload) {
    return locked(() -> {
      catchUp();
      byte[] content = Json.text(Json.of(payload)).getBytes(UTF_8);
      ObjectNode hidden = Groups.payload(state.protect(content));
      return agent.channels().send(channel, hidden);
    });
  }

  /// What the others have sent since this was last asked, oldest first. Messages that cannot be
  /// read are there, too, and say why.
  public List<Message> read() {
    return locked(() -> {
      try {
        catchUp();
      } catch (EncryptionException e) {
        if (read.isEmpty()) {
          throw e;
        }
      }
      var messages = new ArrayList<Message>(read);
      read.clear();
      return messages;
    });
  }

  /// Adds the agent that sent an offer; it gets a welcome. An agent that is a member already, and
  /// has lost its state, takes its old place. The agent must own the channel, or moderate it.
  ///
  /// @throws KeyChangedException when the offer is of another key than before
  public void add(Message offer) {
    byte[] shown = Groups.content(offer);
    MlsCredential maker = MlsState.offeredBy(shown);
    if (!maker.agentId().equals(offer.sender())) {
      throw new EncryptionException("An offer in the name of another agent");
    }
    peers.meet(maker.agentId(), KeyType.ED25519, maker.key());
    locked(() -> {
      agent.channels().add(channel, offer.sender());
      Proposed done = change(now -> now.adding(shown, environment.random()));
      ObjectNode welcome = Groups.payload(done.commit().welcome());
      welcome.put("channel", channel);
      welcome.put("after", done.id());
      return agent.send(offer.sender(), welcome);
    });
  }

  /// Removes an agent: of what is sent from now on it can read nothing.
  public void remove(String agentId) {
    var unused = locked(() -> change(now -> now.removing(agentId, environment.random())));
    agent.channels().remove(channel, agentId);
  }

  /// Renews this member's keys: who had read them can read no more.
  public void renew() {
    var unused = locked(() -> change(now -> now.renewing(environment.random())));
  }

  /// The same for all members of the same epoch, in hexadecimal: compared by voice or in person, it
  /// shows that nobody stands in between.
  public String fingerprint() {
    return locked(() -> HexFormat.of().formatHex(state.authenticator()));
  }

  /// Makes a change from what this member knows now, and does not send it.
  Proposed propose(Function<MlsState, MlsState.Commit> how) {
    return locked(() -> {
      Proposed made = new Proposed(environment.freshId(), state.epoch(), how.apply(state));
      proposed = made;
      return made;
    });
  }

  /// Sends a change; sent twice, it is one.
  void publish(Proposed change) {
    ObjectNode payload = Groups.payload(change.commit().message());
    var unused = agent.channels().send(channel, Draft.of(payload), change.id());
  }

  /// Changes the group, from its newest state, until this member's change is the first.
  private Proposed change(Function<MlsState, MlsState.Commit> how) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (proposed != null) {
        // Of an earlier one it is not known whether it reached the hub.
        publish(proposed);
      }
      catchUp();
      Proposed mine = propose(how);
      publish(mine);
      catchUp();
      if (state == mine.commit().next() || past.contains(mine.commit().next())) {
        return mine;
      }
    }
    throw new EncryptionException("Others changed the group first, " + ATTEMPTS + " times");
  }

  private void catchUp() {
    if (end != null) {
      throw new EncryptionException(end);
    }
    try {
      for (Message message : unseen()) {
        last = Place.of(message);
        if (message.security() instanceof Security.OfGroup) {
          take(message);
        }
        if (end != null) {
          throw new EncryptionException(end);
        }
      }
    } catch (ProblemException refused) {
      if (refused.slug().equals("unknown-channel")) {
        end = "The agent is no member of " + channel + " any more";
      }
      throw refused;
    }
  }

  /// What came after the last message that was read, oldest first.
  private List<Message> unseen() {
    var found = new ArrayDeque<Message>();
    String before = null;
    do {
      Channels.Page page = agent.channels().history(channel, before);
      for (Message message : page.messages().reversed()) {
        if (Place.of(message).equals(last)) {
          return List.copyOf(found);
        }
        found.addFirst(seen(message));
      }
      before = page.next();
    } while (before != null);
    return List.copyOf(found);
  }

  private static Message seen(Message message) {
    JsonNode payload = message.payload();
    boolean isOfGroup =
        payload.path("type").asString("").equals("encrypted")
            && payload.path("form").asString("").equals("mls");
    return isOfGroup ? message.with(payload, new Security.OfGroup()) : message;
  }

  private void take(Message message) {
    try {
      byte[] hidden = Groups.content(message);
      MlsState.Envelope envelope = MlsState.envelope(hidden);
      if (envelope.epoch() > state.epoch()) {
        end = "The group went on without this agent: it was removed, or a change was not for it";
      } else if (envelope.isContent()) {
        if (!message.sender().equals(agent.id())) {
          read.add(opened(message, hidden, envelope.epoch()));
        }
      } else if (envelope.isCommit() && envelope.epoch() == state.epoch()) {
        follow(message, hidden);
      }
      // What is left is a change that came second: its sender proposes it again.
    } catch (EncryptionException e) {
      boolean isGone = "keys-gone".equals(e.getMessage());
      read.add(unreadable(message, isGone ? "keys-gone" : "malformed"));
    }
  }

  private void follow(Message message, byte[] hidden) {
    Proposed mine = proposed;
    boolean isMine = mine != null && Place.of(message).equals(new Place(agent.id(), mine.id()));
    MlsState next = isMine && mine != null ? mine.commit().next() : state.after(hidden);
    try {
      next.members().forEach((name, key) -> peers.meet(name, KeyType.ED25519, key));
    } catch (KeyChangedException | EncryptionException e) {
      end = "A member came whose key is not the known one: " + e.getMessage();
      throw e;
    }
    past.addFirst(state);
    while (past.size() > PAST_EPOCHS) {
      past.removeLast();
    }
    state = next;
    proposed = null;
  }

  private Message opened(Message message, byte[] hidden, long epoch) {
    MlsState then =
        epoch == state.epoch()
            ? state
            : past.stream()
                .filter(one -> one.epoch() == epoch)
                .findFirst()
                .orElseThrow(() -> new EncryptionException("keys-gone"));
    MlsState.Opened opened = then.open(hidden);
    if (!opened.sender().equals(message.sender())) {
      return unreadable(message, "forged");
    }
    JsonNode content = Json.read(new String(opened.content(), UTF_8));
    if (content == null) {
      return unreadable(message, "malformed");
    }
    String key = then.members().getOrDefault(opened.sender(), "");
    return message.with(content, new Security.Encrypted(key, message.sentAt()));
  }

  private static Message unreadable(Message message, String reason) {
    return message.with(message.payload(), new Security.Unreadable(reason));
  }

  private <T> T locked(Supplier<T> step) {
    lock.lock();
    try {
      return step.get();
    } finally {
      lock.unlock();
    }
  }
}
