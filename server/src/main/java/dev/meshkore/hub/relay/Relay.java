package dev.meshkore.hub.relay;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Outlet;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Messages between agents: one public way for each thing that can be done with them. What is
/// accepted is durable before it is answered. Thread-safe.
public final class Relay implements AutoCloseable {
  /// What bounds the relay.
  ///
  /// @param payloadBytesMax the largest payload
  /// @param unreadMax the most unread messages an inbox may hold
  /// @param channelMembersMax the most members a channel may have
  public record Limits(int payloadBytesMax, long unreadMax, int channelMembersMax) {}

  private static final long WATERMARK_MS = 50;
  private static final long EXPIRY_MS = 1_000;
  private static final long PRESENCE_MS = 5_000;
  private static final int CHANNELS_TOLD = 200;

  private final Database database;
  private final SendRules rules;
  private final Sendings sendings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Journal journal;
  private final Inboxes inboxes;
  private final Contacts contacts;
  private final Channels channels;
  private final Presence presence;
  private final RevokedSessions revoked;
  private final Watermarks watermarks;
  private final Expiry expiry;
  private final States states;
  private final Erasure erasure;
  private final Traffic traffic = new Traffic();
  private final Lane<Sending> lane;
  private final Recipients recipients;
  private volatile Follower follower = Follower.NONE;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final MailWatches mailWatches = new MailWatches(blocking);
  private volatile boolean isClosing;
  private final Ticks ticks = new Ticks();

  /// Opens the relay over its tables.
  public Relay(
      Database database,
      Audit audit,
      Agents agents,
      OutsideAgents outside,
      SendRules rules,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime) {
    this(database, audit, agents, outside, rules, limits, clock, nanoTime, Journal.Sizes.NORMAL);
    ticks.every(WATERMARK_MS, "watermarks", watermarks::tick);
    var otherHubs = new OtherHubs(database, inboxes, presence);
    ticks.every(OtherHubs.EVERY_MS, "other hubs", otherHubs::tick);
    ticks.every(EXPIRY_MS, "expiry", expiry::tick);
    ticks.every(EXPIRY_MS, "contacts", contacts::store);
    ticks.every(EXPIRY_MS, "erasures", erasure::tick);
    ticks.every(EXPIRY_MS, "profiles", presence::tellChanges);
    ticks.every(RevokedSessions.EVERY_MS, "revocations", revoked::tick);
    ticks.every(PRESENCE_MS, "presence", presence::tick);
    ticks.every(PRESENCE_MS, "stalled sessions", presence::endStalled);
  }

  /// A relay in which nothing happens by itself; [#tick] lets it.
  Relay(
      Database database,
      Audit audit,
      Agents agents,
      OutsideAgents outside,
      SendRules rules,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      Journal.Sizes sizes) {
    this.database = database;
    this.recipients = new Recipients(agents, outside);
    this.rules = rules;
    this.sendings = new Sendings(limits.payloadBytesMax(), clock);
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.journal = new Journal(database, sizes);
    this.inboxes = new Inboxes(database, journal::epoch);
    this.contacts = new Contacts(database);
    this.channels = new Channels(database, agents, audit, limits.channelMembersMax(), clock);
    this.presence = new Presence(agents, clock);
    this.revoked = new RevokedSessions(presence);
    this.watermarks = new Watermarks(database, journal, agents, channels, presence, clock);
    this.expiry = new Expiry(database, inboxes, agents, watermarks, clock);
    this.states = new States(database, journal, inboxes, agents, channels, clock);
    this.erasure = new Erasure(database, journal, states, audit, rules, () -> follower);
    this.lane =
        database.lane(
            new SendWork(
                journal,
                inboxes,
                contacts,
                channels,
                states,
                new Arrivals(inboxes, contacts, presence, mailWatches, traffic),
                () -> follower,
                rules,
                limits.unreadMax()));
  }

  /// Does once what a running hub does from time to time.
  void tick() {
    watermarks.tick();
    expiry.tick();
    erasure.tick();
    contacts.store();
    presence.tellChanges();
    presence.tick();
  }

  /// Who is online.
  public Presence presence() {
    return presence;
  }

  /// The channels.
  public Channels channels() {
    return channels;
  }

  Contacts contacts() {
    return contacts;
  }

  Traffic traffic() {
    return traffic;
  }

  /// Takes a token of the caller's rate, if there is one.
  RateLimiter.Decision admit(Caller.OfAgent caller) {
    return rules.take(caller.number());
  }

  /// Who has to do with whom.
  public Relations relations() {
    return new SqlRelations();
  }

  /// Who messages go to.
  Recipients recipients() {
    return recipients;
  }

  /// An agent for which the hub itself reads and writes.
  public Correspondent correspondent(long agent, String id) {
    return new Correspondent(this, new Caller.OfAgent(agent, id));
  }

  /// Hands a direct message to the writer and returns at once; `done` is told the outcome on the
  /// writer's thread, after the message is durable, and must not block. Then the session is woken.
  void submit(
      Caller.OfAgent sender,
      Draft draft,
      long recipient,
      @Nullable Session session,
      Consumer<SendOutcome> done) {
    offer(sendings.of(sender, draft, recipient, null, session, null, done));
  }

  /// Sends a direct message and returns after it is durable, or was refused.
  SendOutcome send(Caller.OfAgent sender, Draft draft) {
    Draft addressed = recipients.addressed(sender, draft);
    long recipient = recipients.lookUp(Objects.requireNonNull(addressed.to()));
    var outcome = new CompletableFuture<SendOutcome>();
    offer(sendings.of(sender, addressed, recipient, null, null, null, outcome::complete));
    return outcome.join();
  }

  /// Has a direct message stored with what is done in an open transaction.
  ///
  /// @param refused what is stored in its place where it is refused
  void sendWithin(
      Transaction transaction,
      Caller.OfAgent sender,
      Draft draft,
      long recipient,
      Sending.InItsPlace refused) {
    lane.offerWithin(
        transaction, sendings.of(sender, draft, recipient, null, null, refused, _ -> {}));
  }

  /// Sends to a channel and returns after the message is durable for every member.
  SendOutcome sendToChannel(Caller.OfAgent sender, Draft draft) {
    String id = Objects.requireNonNull(draft.channel());
    Channel channel = channels.forMember(sender.number(), id);
    var outcome = new CompletableFuture<SendOutcome>();
    offer(sendings.of(sender, draft, 0, channel, null, null, outcome::complete));
    return outcome.join();
  }

  /// The caller's inbox.
  Inbox inbox(long agent) {
    return inboxes.of(agent);
  }

  /// Refuses to read after a sequence that an inbox has not come to.
  void requireReached(Inbox inbox, long after) {
    inboxes.requireReached(inbox, "after", after);
  }

  /// Unexpired messages after a sequence; `last` of the page says how far it looked.
  Page read(Inbox inbox, long after, int limit, long bytesMax) {
    long epoch = inbox.epochAfter(after);
    Journal.Part part = journal.after(inbox.agent(), after, limit, bytesMax, epoch);
    long last = part.messages().isEmpty() ? after : part.messages().getLast().sequence();
    inbox.holds(last);
    inbox.readTo(last, part.epoch());
    if (last > after && inbox.deliverTo(last)) {
      watermarks.moved(inbox);
    }
    return new Page(part.unexpired(clock.millis()), last);
  }

  /// A part of an inbox.
  ///
  /// @param messages those that have not expired
  /// @param last the sequence up to which the inbox was read
  record Page(List<Stored> messages, long last) {}

  /// Acknowledges up to a sequence.
  ///
  /// @param durably whether to return only after it is stored; without, it is stored soon
  /// @throws Refused when there is no such message yet
  void acknowledge(Inbox inbox, long sequence, boolean durably) {
    inboxes.requireReached(inbox, "sequence", sequence);
    if (inbox.acknowledgeTo(sequence, journal.epoch())) {
      watermarks.moved(inbox);
    }
    if (durably && sequence > inbox.storedAcknowledged()) {
      watermarks.store(inbox);
    }
  }

  /// What two agents said to each other, newest first.
  List<Stored> conversation(long agent, long peer, Place before, int limit) {
    return journal.before(Stream.conversation(agent, peer), before, limit);
  }

  /// The newest message of one agent to another up to a watermark of the other's inbox.
  Optional<Stored> newestOwn(long agent, long peer, long watermark) {
    return watermark == 0 ? Optional.empty() : journal.newest(agent, peer, watermark);
  }

  /// What was said in a channel, newest first.
  List<Stored> conversation(Channel channel, Place before, int limit) {
    return journal.before(Stream.channel(channel.number()), before, limit);
  }

  /// Watermarks, moved after a version, of those to whom `sender` has written.
  List<SqlInboxes.Moved> movedSince(long sender, long version, int limit) {
    return database.read(transaction -> SqlInboxes.movedSince(transaction, sender, version, limit));
  }

  /// What waits for an agent.
  ///
  /// @param head the sequence of its newest message
  /// @param acknowledged up to where it has read
  /// @param channels ids of the channels it is in, the first ones
  public record Mailbox(long head, long acknowledged, List<String> channels) {}

  /// What waits for an agent now.
  public Mailbox mailbox(long agent) {
    Inbox inbox = inboxes.of(agent);
    List<String> memberOf =
        channels.list(agent, "", CHANNELS_TOLD).stream()
            .filter(seen -> seen.role().isPresent())
            .map(seen -> seen.channel().id())
            .toList();
    return new Mailbox(inbox.head(), inbox.acknowledged(), memberOf);
  }

  /// Runs an action each time an agent's inbox has grown, after that is durable; once for as much
  /// as came meanwhile. It runs on a virtual thread and may block. Ends by what is answered.
  public Runnable onMail(long agent, Runnable action) {
    return mailWatches.add(agent, action);
  }

  /// Lets this follower, and no other, see what it follows.
  public void follow(Follower one) {
    follower = one;
  }

  /// Ends the sessions whose proof is revoked, from now on.
  public void heed(Revocations known) {
    revoked.heed(known);
  }

  /// How many channels there are.
  public long channelCount() {
    return channels.count();
  }

  /// Messages accepted since the database was made.
  public long messageCount() {
    return contacts.total();
  }

  /// What was said, for whoever follows it.
  public Transcript transcript() {
    return new Transcript(database, channels, erasure);
  }

  States states() {
    return states;
  }

  Erasure erasure() {
    return erasure;
  }

  /// Opens a live session that writes what follows `after`. On the outlet's event loop; the inbox
  /// was looked up before.
  Session open(Caller.OfAgent caller, Inbox inbox, long after, Outlet outlet) {
    var parts = new Session.Parts(journal, watermarks, blocking, clock, nanoTime);
    var session = new Session(inbox, caller.proof(), after, outlet, parts);
    if (isClosing) {
      session.closed();
      outlet.close(Outlet.Closing.STOPPING);
      return session;
    }
    if (presence.opened(session)) {
      blocking.execute(() -> presence.tell(inbox.agent()));
    }
    revoked.opened(session);
    outlet.onClose(() -> {
      session.closed();
      blocking.execute(() -> presence.closed(session));
    });
    return session;
  }

  /// Where work runs that may block.
  ExecutorService blocking() {
    return blocking;
  }

  /// Ends every session, and stores what is only in memory.
  @Override
  public void close() {
    isClosing = true;
    presence.forEachSession(session ->
        session.outlet().loop().execute(() -> session.outlet().close(Outlet.Closing.STOPPING)));
    ticks.close();
    Ticks.quietly("watermarks", watermarks::tick);
    Ticks.quietly("contacts", contacts::store);
    Ticks.quietly("presence", presence::tick);
    blocking.shutdown();
  }

  private void offer(Sending sending) {
    try {
      lane.offer(sending, sending.key());
    } catch (StoreFailure failure) {
      throw Problems.of(failure);
    }
  }
}
