package dev.meshkore.hub.relay;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rules of channels: who may find, join, leave, add, remove and give roles. A private channel
/// of which the caller is no member answers as if it were not there. Thread-safe.
public final class Channels {
  /// The most members a channel may have.
  public static final int MEMBERS_MOST = 10_000;

  private final Database database;
  private final Agents agents;
  private final Audit audit;
  private final int membersMax;
  private final InstantSource clock;
  private final MemberRates memberRates;

  /// Channels kept in `database`, each of at most so many members.
  Channels(Database database, Agents agents, Audit audit, int membersMax, InstantSource clock) {
    this.database = database;
    this.agents = agents;
    this.audit = audit;
    this.membersMax = membersMax;
    this.clock = clock;
    this.memberRates = new MemberRates(clock);
  }

  /// A channel as one agent sees it.
  ///
  /// @param channel the channel
  /// @param role the caller's role, if it is a member
  /// @param memberCount how many members it has
  record Seen(Channel channel, Optional<Channel.Role> role, long memberCount) {}

  Seen create(
      long agent, String id, String description, Channel.Visibility visibility, List<Long> others) {
    long now = clock.millis();
    Leaf created = leaf("channel.created", agent, id).with("visibility", visibility.word());
    List<Leaf> added = others.stream().map(other -> added(agent, id, other)).toList();
    return database.write(transaction -> {
      var wanted = new Channel(0, id, description, visibility, agent, now);
      long number =
          SqlChannels.insert(transaction, wanted)
              .orElseThrow(
                  () -> new Refused(ProblemType.CHANNEL_EXISTS, "There is a channel named " + id));
      for (long other : others) {
        SqlChannels.setRole(transaction, number, other, Channel.Role.MEMBER, now);
      }
      SqlChannels.setRole(transaction, number, agent, Channel.Role.OWNER, now);
      var channel = new Channel(number, id, description, visibility, agent, now);
      long count = SqlChannels.memberCount(transaction, number);
      if (count > membersMax) {
        throw full();
      }
      audit.record(transaction, created);
      for (Leaf one : added) {
        audit.record(transaction, one);
      }
      return new Seen(channel, Optional.of(Channel.Role.OWNER), count);
    });
  }

  Seen get(long agent, String id) {
    return database.read(transaction -> seen(transaction, agent, id));
  }

  List<Seen> list(long agent, String afterId, int limit) {
    return database.read(transaction -> {
      var seen = new ArrayList<Seen>();
      for (Channel channel : SqlChannels.visible(transaction, agent, afterId, limit)) {
        seen.add(
            new Seen(
                channel,
                SqlChannels.role(transaction, channel.number(), agent),
                SqlChannels.memberCount(transaction, channel.number())));
      }
      return seen;
    });
  }

  List<Channel.Member> members(Channel channel, int limit) {
    return database.read(transaction -> SqlChannels.members(transaction, channel.number(), limit));
  }

  Seen join(long agent, String id) {
    Leaf joined = leaf("channel.joined", agent, id);
    return database.write(transaction -> {
      SqlChannels.lock(transaction, id);
      Seen seen = seen(transaction, agent, id);
      if (seen.role().isEmpty()) {
        Channel.Role role = roleOnJoining(seen);
        add(transaction, seen.channel(), agent, role);
        audit.record(transaction, joined.with("role", role.word()));
      }
      return seen(transaction, agent, id);
    });
  }

  /// A channel whose last member left keeps its id and its history. If it is open, the first who
  /// joins owns it, so that no channel in use is without an owner. If it is private, nobody finds
  /// it any more, and its id stays taken: what was said in it is not for others.
  private static Channel.Role roleOnJoining(Seen seen) {
    return seen.memberCount() == 0 ? Channel.Role.OWNER : Channel.Role.MEMBER;
  }

  void leave(long agent, String id) {
    Leaf left = leaf("channel.left", agent, id);
    database.write(transaction -> {
      SqlChannels.lock(transaction, id);
      Seen seen = seenByMember(transaction, agent, id);
      if (seen.memberCount() > 1) {
        keepAnOwner(transaction, seen.channel(), agent);
      }
      SqlChannels.remove(transaction, seen.channel().number(), agent);
      audit.record(transaction, left);
      return true;
    });
  }

  Seen addMember(long agent, String id, long other, Channel.Role role) {
    Leaf added = added(agent, id, other).with("role", role.word());
    return database.write(transaction -> {
      SqlChannels.lock(transaction, id);
      Seen seen = seenByMember(transaction, agent, id);
      atLeast(seen, role == Channel.Role.MEMBER ? Channel.Role.MODERATOR : Channel.Role.OWNER);
      if (SqlChannels.role(transaction, seen.channel().number(), other).isEmpty()) {
        add(transaction, seen.channel(), other, role);
        audit.record(transaction, added);
      }
      return seen(transaction, agent, id);
    });
  }

  void removeMember(long agent, String id, long other) {
    Leaf removed = leaf("channel.member_removed", agent, id).with("member", agents.idOf(other));
    database.write(transaction -> {
      SqlChannels.lock(transaction, id);
      Seen seen = seenByMember(transaction, agent, id);
      Channel.Role role = roleOfMember(transaction, seen.channel(), other);
      boolean ofHigherRole = role != Channel.Role.MEMBER;
      atLeast(seen, ofHigherRole ? Channel.Role.OWNER : Channel.Role.MODERATOR);
      keepAnOwner(transaction, seen.channel(), other);
      SqlChannels.remove(transaction, seen.channel().number(), other);
      audit.record(transaction, removed);
      return true;
    });
  }

  void setRole(long agent, String id, long other, Channel.Role role) {
    Leaf changed =
        leaf("channel.role_changed", agent, id)
            .with("member", agents.idOf(other))
            .with("role", role.word());
    database.write(transaction -> {
      SqlChannels.lock(transaction, id);
      Seen seen = seenByMember(transaction, agent, id);
      atLeast(seen, Channel.Role.OWNER);
      roleOfMember(transaction, seen.channel(), other);
      if (role != Channel.Role.OWNER) {
        keepAnOwner(transaction, seen.channel(), other);
      }
      SqlChannels.setRole(transaction, seen.channel().number(), other, role, clock.millis());
      audit.record(transaction, changed);
      return true;
    });
  }

  /// Who may send, as any member may know.
  ChannelPolicy policy(long agent, String id) {
    return database.read(transaction ->
        SqlChannels.policy(transaction, seenByMember(transaction, agent, id).channel().number()));
  }

  /// Sets who may send; takes an owner.
  void setPolicy(long agent, String id, ChannelPolicy policy) {
    Leaf set =
        leaf("channel.policy_set", agent, id)
            .with("post", policy.post().word())
            .with("member_rate_per_minute", (long) policy.memberRatePerMinute());
    database.write(transaction -> {
      Seen seen = seenByMember(transaction, agent, id);
      atLeast(seen, Channel.Role.OWNER);
      SqlChannels.setPolicy(transaction, seen.channel().number(), policy);
      audit.record(transaction, set);
      return true;
    });
  }

  /// The channel, for a member; reading it as another answers that there is none.
  Channel forMember(long agent, String id) {
    return database.read(transaction -> seenByMember(transaction, agent, id)).channel();
  }

  /// Who gets a message that `sender` sends, decided in the transaction that stores it.
  List<Long> recipients(Transaction transaction, Channel channel, long sender) throws SQLException {
    List<Channel.Member> members = SqlChannels.members(transaction, channel.number(), MEMBERS_MOST);
    Channel.Member self =
        members.stream()
            .filter(member -> member.agent() == sender)
            .findFirst()
            .orElseThrow(Channels::unknown);
    ChannelPolicy policy = SqlChannels.policy(transaction, channel.number());
    if (self.role().compareTo(policy.post()) < 0) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "Sending to " + channel.id() + " takes the role " + policy.post().word());
    }
    memberRates.take(channel, sender, policy.memberRatePerMinute());
    return members.stream().map(Channel.Member::agent).filter(a -> a != sender).toList();
  }

  long nextMessage(Transaction transaction, Channel channel) throws SQLException {
    return SqlChannels.nextMessage(transaction, channel.number());
  }

  Channel byNumber(long number) {
    return database.read(transaction -> byNumber(transaction, number));
  }

  Channel byNumber(Transaction transaction, long number) throws SQLException {
    return SqlChannels.find(transaction, number)
        .orElseThrow(() -> new IllegalStateException("There is no channel " + number));
  }

  long count() {
    return database.read(SqlChannels::count);
  }

  private Leaf leaf(String kind, long agent, String channel) {
    return Leaf.of(kind, agents.idOf(agent), channel);
  }

  private Leaf added(long agent, String channel, long member) {
    return leaf("channel.member_added", agent, channel).with("member", agents.idOf(member));
  }

  private void add(Transaction transaction, Channel channel, long agent, Channel.Role role)
      throws SQLException {
    if (SqlChannels.memberCount(transaction, channel.number()) + 1 > membersMax) {
      throw full();
    }
    SqlChannels.setRole(transaction, channel.number(), agent, role, clock.millis());
  }

  private static Seen seen(Transaction transaction, long agent, String id) throws SQLException {
    if (!AgentId.isValid(id)) {
      throw unknown();
    }
    Channel channel = SqlChannels.find(transaction, id).orElseThrow(Channels::unknown);
    Optional<Channel.Role> role = SqlChannels.role(transaction, channel.number(), agent);
    if (role.isEmpty() && channel.visibility() == Channel.Visibility.PRIVATE) {
      throw unknown();
    }
    return new Seen(channel, role, SqlChannels.memberCount(transaction, channel.number()));
  }

  private static Seen seenByMember(Transaction transaction, long agent, String id)
      throws SQLException {
    Seen seen = seen(transaction, agent, id);
    if (seen.role().isEmpty()) {
      throw new Refused(ProblemType.NOT_ALLOWED, "Only members of " + id + " may do this");
    }
    return seen;
  }

  private static Channel.Role roleOfMember(Transaction transaction, Channel channel, long agent)
      throws SQLException {
    return SqlChannels.role(transaction, channel.number(), agent)
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_AGENT, "The channel has no such member"));
  }

  private static void atLeast(Seen seen, Channel.Role least) {
    if (seen.role().orElseThrow().compareTo(least) < 0) {
      throw new Refused(
          ProblemType.NOT_ALLOWED, "This takes the role " + least.word() + " or a higher one");
    }
  }

  private static void keepAnOwner(Transaction transaction, Channel channel, long agent)
      throws SQLException {
    boolean isOwner =
        SqlChannels.role(transaction, channel.number(), agent).orElseThrow() == Channel.Role.OWNER;
    if (isOwner && SqlChannels.ownerCount(transaction, channel.number()) == 1) {
      throw new Refused(ProblemType.LAST_OWNER, "This is the channel's only owner");
    }
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_CHANNEL, "There is no channel of this name");
  }

  private Refused full() {
    return new Refused(ProblemType.CHANNEL_FULL, "A channel may have " + membersMax + " members");
  }
}
