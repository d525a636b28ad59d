package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An agent at a hub, over HTTP. Every call blocks until it is answered, and is made for virtual
/// threads; connections that break and hubs that are busy are overcome. Thread-safe.
public final class MeshKoreAgent implements AutoCloseable {
  private final HubCalls calls;
  private final Login login;
  private final @Nullable Keys keys;
  private final Environment environment;
  private final Encryption encryption;
  private final Mailbox mailbox;
  private final Channels channels;
  private final Groups groups;
  private final Wallet wallet;
  private final PaidCalls paidCalls;

  private MeshKoreAgent(
      HubCalls calls, Login login, @Nullable Keys keys, Pins pins, Environment environment) {
    this.calls = calls;
    this.login = login;
    this.keys = keys;
    this.environment = environment;
    var peers = new Peers(calls, login, pins, keys);
    encryption = new Encryption(login.agentId(), keys, peers, environment);
    mailbox = new Mailbox(calls, login, encryption);
    channels = new Channels(calls, login, environment);
    groups = new Groups(this, keys, peers, environment);
    wallet = new Wallet(calls, login);
    paidCalls = new PaidCalls(calls, login);
  }

  /// What an agent can have besides its name.
  ///
  /// @param keys to encrypt, and to be a member of encrypted groups
  /// @param pins the keys of its peers
  public record Trust(Keys keys, Pins pins) {}

  /// Joins a hub by an invite. Keep [#apiKey]: the hub shows it once.
  public static MeshKoreAgent join(URI invite, String agentId) {
    return join(invite, agentId, null);
  }

  /// Joins a hub by an invite, as an agent with keys.
  public static MeshKoreAgent join(URI invite, String agentId, @Nullable Trust trust) {
    String path = invite.getRawPath();
    int nonce = path.lastIndexOf("/join/");
    if (nonce < 0) {
      throw new IllegalArgumentException("No invite: its URL ends in /join/ and a word");
    }
    URI hub = URI.create(invite.resolve("/") + path.substring(0, nonce).replaceFirst("^/", ""));
    Environment environment = Environment.usual();
    var calls = new HubCalls(hub, environment);
    ObjectNode body = Json.object();
    body.put("agent_id", agentId);
    JsonNode joined = calls.answer(Call.post(path.substring(nonce), body, Twice.HARMFUL), null);
    String token = joined.path("token").asString("");
    String apiKey = joined.path("api_key").asString("");
    return of(calls, new ApiKeyLogin(calls, agentId, apiKey, token), trust, environment);
  }

  /// An agent that joined before.
  public static MeshKoreAgent of(URI hub, String agentId, String apiKey) {
    return of(hub, agentId, apiKey, null);
  }

  /// An agent that joined before, with keys.
  public static MeshKoreAgent of(URI hub, String agentId, String apiKey, @Nullable Trust trust) {
    Environment environment = Environment.usual();
    var calls = new HubCalls(hub, environment);
    return of(calls, new ApiKeyLogin(calls, agentId, apiKey, null), trust, environment);
  }

  /// An agent that joined before and bound its keys to its name: it signs each request, and needs
  /// no API key.
  public static MeshKoreAgent signing(URI hub, String agentId, Trust trust) {
    Environment environment = Environment.usual();
    var calls = new HubCalls(hub, environment);
    return of(calls, new SigningLogin(agentId, trust.keys(), environment), trust, environment);
  }

  private static MeshKoreAgent of(
      HubCalls calls, Login login, @Nullable Trust trust, Environment environment) {
    return new MeshKoreAgent(
        calls,
        login,
        trust == null ? null : trust.keys(),
        trust == null ? Pins.inMemory(calls.hub()) : trust.pins(),
        environment);
  }

  /// Its id.
  public String id() {
    return login.agentId();
  }

  /// The hub's URL.
  public URI hub() {
    return calls.hub();
  }

  /// The key that proves the agent; empty where it signs its requests. It is a secret.
  public Optional<String> apiKey() {
    return login instanceof ApiKeyLogin one ? Optional.of(one.apiKey()) : Optional.empty();
  }

  /// Its keys.
  public Optional<Keys> keys() {
    return Optional.ofNullable(keys);
  }

  /// Proves the agent to the hub now; every other call does it when it must.
  public void register() {
    var unused = login.renew();
  }

  /// Binds the agent's keys to its name, so that others can encrypt to it and it can sign its
  /// requests. Keys that are bound already stay; those of a former seed are replaced.
  public void bindKeys() {
    if (keys == null) {
      throw new EncryptionException("An agent without keys cannot bind them");
    }
    // To replace a key, a token is not enough.
    Login strongest = login instanceof ApiKeyLogin one ? one.direct() : login;
    new KeyBinding(calls, strongest, keys, environment).bind();
  }

  /// Channels, in the clear.
  public Channels channels() {
    return channels;
  }

  /// Channels that are encrypted from end to end.
  public Groups groups() {
    return groups;
  }

  /// What the agent has at the hub, and pays.
  public Wallet wallet() {
    return wallet;
  }

  /// Services that are paid for each call.
  public PaidCalls calls() {
    return paidCalls;
  }

  /// What the hub knows of an agent.
  public JsonNode agent(String agentId) {
    return calls.answer(Call.get("/agents/" + HubCalls.part(agentId)), login);
  }

  /// Agents, online or not, that fit some words; all where there are none. The first 200.
  public List<JsonNode> agents(@Nullable String words) {
    String query = words == null ? "" : "&q=" + HubCalls.part(words);
    var found = new ArrayList<JsonNode>();
    calls
        .answer(Call.get("/agents?status=all&limit=200" + query), login)
        .path("agents")
        .forEach(found::add);
    return found;
  }

  /// Says what the agent is and can.
  public JsonNode describe(String description, String... capabilities) {
    ObjectNode body = Json.object();
    body.put("description", description);
    ArrayNode all = body.putArray("capabilities");
    for (String capability : capabilities) {
      all.add(capability);
    }
    return calls.answer(new Call("PATCH", "/profile", body, Duration.ZERO, Twice.HARMLESS), login);
  }

  /// Sends a payload: a tree, a map, a list, or anything else Jackson writes. Returns when it is
  /// durable at the hub.
  public Sent send(String to, Object payload) {
    return send(to, Draft.of(payload));
  }

  /// Sends a message.
  public Sent send(String to, Draft draft) {
    return send(to, draft, environment.freshId());
  }

  /// Sends a payload that only its recipient can read.
  public Sent sendEncrypted(String to, Object payload) {
    return sendEncrypted(to, Draft.of(payload));
  }

  /// Sends a message whose payload only its recipient can read.
  ///
  /// @throws KeyChangedException when the recipient shows another key than before
  public Sent sendEncrypted(String to, Draft draft) {
    String id = environment.freshId();
    return send(to, encryption.hide(to, draft, id), id);
  }

  /// Answers a message, as it was sent: an encrypted one is answered encrypted.
  public Sent reply(Message message, Object payload) {
    Draft draft = Draft.of(payload).inReplyTo(message);
    return message.security() instanceof Security.Encrypted
        ? sendEncrypted(message.sender(), draft)
        : send(message.sender(), draft);
  }

  /// Sends a payload and waits for the message that answers it. Other mail stays for the others.
  public Message sendAndWait(String to, Object payload, Duration wait) {
    return answerTo(send(to, payload), to, wait);
  }

  /// The same, encrypted.
  public Message sendEncryptedAndWait(String to, Object payload, Duration wait) {
    return answerTo(sendEncrypted(to, payload), to, wait);
  }

  /// The next message of the inbox; empty when none came in time. It comes again to a later process
  /// unless [#done] is called.
  public Optional<Message> next(Duration wait) {
    return mailbox.next(any -> true, wait);
  }

  /// The next message that is wanted; other mail stays for the others.
  public Optional<Message> next(Predicate<Message> wanted, Duration wait) {
    return mailbox.next(wanted, wait);
  }

  /// Says that a message is done with. The hub is told when all before it are done, too.
  public void done(Message message) {
    mailbox.done(message);
  }

  /// The inbox, message by message, until none has come for a while. A message is done when the
  /// next is asked for: one that was in hand when the process died comes again.
  public Iterable<Message> messages(Duration idle) {
    return () -> mailbox.iterator(idle);
  }

  /// What was said with an agent, oldest first; the newest 200. What was encrypted to this agent
  /// can be read, and what it encrypted itself cannot.
  public List<Message> history(String agentId) {
    var messages = new ArrayList<Message>();
    calls
        .answer(Call.get("/history/" + HubCalls.part(agentId) + "?limit=200"), login)
        .path("messages")
        .forEach(json -> messages.add(encryption.read(Message.read(json))));
    return messages;
  }

  @Override
  public void close() {
    calls.close();
  }

  private Sent send(String to, Draft draft, String id) {
    ObjectNode body = draft.json(id);
    body.put("to", to);
    return Sent.read(calls.answer(Call.post("/send", body, Twice.HARMLESS), login));
  }

  private Message answerTo(Sent sent, String to, Duration wait) {
    Message reply =
        mailbox
            .next(message -> sent.id().equals(message.replyTo()), wait)
            .orElseThrow(() -> new NoReplyException("No reply of " + to + " in " + wait));
    mailbox.done(reply);
    return reply;
  }
}
