package dev.meshkore.sdk;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Channels that are encrypted from end to end by MLS (RFC 9420). The hub hands the messages out
/// and, by their order in the channel, decides which of two changes came first; it reads nothing.
/// Thread-safe.
public final class Groups {
  private static final int OFFERS_MAX = 100;

  private final MeshKoreAgent agent;
  private final @Nullable Keys keys;
  private final Peers peers;
  private final Environment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<MlsState.Offer> offers = new ArrayList<>();

  Groups(MeshKoreAgent agent, @Nullable Keys keys, Peers peers, Environment environment) {
    this.agent = agent;
    this.keys = keys;
    this.peers = peers;
    this.environment = environment;
  }

  /// Makes a private channel with the agent alone in it.
  public MlsGroup create(String channel) {
    Keys own = keys();
    var unused = agent.channels().create(channel);
    byte[] id = new byte[16];
    environment.random().nextBytes(id);
    MlsState state = MlsState.found(id, own, agent.id());
    return new MlsGroup(agent, peers, environment, channel, state, null);
  }

  /// Offers another agent to be added to a group of its. One offer is good for one group.
  public void offer(String to) {
    MlsState.Offer offer = MlsState.offer(keys(), agent.id());
    lock.lock();
    try {
      offers.add(offer);
      if (offers.size() > OFFERS_MAX) {
        offers.removeFirst();
      }
    } finally {
      lock.unlock();
    }
    var unused = agent.send(to, payload(offer.message()));
  }

  /// Whether a message is an offer, for [MlsGroup#add].
  public static boolean isOffer(Message message) {
    return isDirect(message) && !message.payload().has("channel");
  }

  /// Whether a message is a welcome, for [#join].
  public static boolean isWelcome(Message message) {
    return isDirect(message) && message.payload().has("channel");
  }

  /// Enters the group to which a message welcomes. Messages from before cannot be read.
  ///
  /// @throws KeyChangedException when a member is there with another key than before
  public MlsGroup join(Message welcome) {
    if (!isWelcome(welcome)) {
      throw new EncryptionException("No welcome");
    }
    MlsState state = joined(content(welcome));
    Map<String, String> members = state.members();
    if (!keys().ed25519().equals(members.get(agent.id()))) {
      throw new EncryptionException("A group that knows the agent by another key");
    }
    if (!members.containsKey(welcome.sender())) {
      throw new EncryptionException("A welcome of one who is no member");
    }
    members.forEach((name, key) -> peers.meet(name, KeyType.ED25519, key));
    JsonNode payload = welcome.payload();
    String after = payload.path("after").asString("");
    return new MlsGroup(
        agent,
        peers,
        environment,
        payload.path("channel").asString(""),
        state,
        new MlsGroup.Place(welcome.sender(), after));
  }

  static ObjectNode payload(byte[] message) {
    ObjectNode payload = Json.object();
    payload.put("type", "encrypted");
    payload.put("form", "mls");
    payload.put("message", Base64.getEncoder().encodeToString(message));
    return payload;
  }

  static byte[] content(Message message) {
    Optional<String> text = message.payload().path("message").asStringOpt();
    try {
      return Base64.getDecoder().decode(text.orElse("-"));
    } catch (IllegalArgumentException e) {
      throw new EncryptionException("The message is not Base64", e);
    }
  }

  private MlsState joined(byte[] welcome) {
    lock.lock();
    try {
      Iterator<MlsState.Offer> all = offers.iterator();
      while (all.hasNext()) {
        try {
          MlsState state = MlsState.join(all.next(), welcome, keys(), agent.id());
          all.remove();
          return state;
        } catch (EncryptionException e) {
          if (!all.hasNext()) {
            throw e;
          }
        }
      }
      throw new EncryptionException("A welcome without an offer before it");
    } finally {
      lock.unlock();
    }
  }

  private static boolean isDirect(Message message) {
    return message.channel() == null && message.security() instanceof Security.OfGroup;
  }

  private Keys keys() {
    if (keys == null) {
      throw new EncryptionException("An agent without keys cannot be in an encrypted group");
    }
    return keys;
  }
}
