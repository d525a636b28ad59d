package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Compares what can be seen of a relay with its model.
final class RelayLook {
  private final RelayUnderTest real;
  private final RelayModel model;
  private final SplittableRandom random;
  private final int agents;
  private final List<String> channels;
  private final Map<Integer, Version> versions = new HashMap<>();
  private long newestVersion;

  /// The version under which an inbox's watermarks were found.
  ///
  /// @param stores how often they had been stored
  /// @param version the version
  /// @param newest the newest version of any inbox that was found until then
  private record Version(int stores, long version, long newest) {}

  RelayLook(
      RelayUnderTest real,
      RelayModel model,
      SplittableRandom random,
      int agents,
      List<String> channels) {
    this.real = real;
    this.model = model;
    this.random = random;
    this.agents = agents;
    this.channels = channels;
  }

  List<String> differences() {
    var differences = new ArrayList<String>();
    for (int agent = 0; agent < agents; agent++) {
      inbox(agent, differences);
    }
    conversation(random.nextInt(agents), random.nextInt(agents), differences);
    channel(random.nextInt(agents), channels.get(random.nextInt(channels.size())), differences);
    moved(random.nextInt(agents), differences);
    return differences;
  }

  private void inbox(int agent, List<String> differences) {
    Inbox inbox = real.inbox(agent);
    RelayModel.InboxModel should = model.inboxes.get(agent);
    String seen = inbox.head() + " " + inbox.acknowledged() + " " + inbox.delivered();
    String expected = should.messages.size() + " " + should.acknowledged + " " + should.delivered;
    if (!seen.equals(expected)) {
      differences.add("inbox " + agent + " is at " + seen + " and not at " + expected);
    }
    long after = should.acknowledged;
    while (after < should.messages.size() && differences.isEmpty()) {
      Relay.Page page = real.relay().read(inbox, after, 200, 1 << 22);
      model.delivered(agent, after, page.last());
      assertThat(page.last()).as("progress of inbox %s", agent).isGreaterThan(after);
      assertMessages(agent, after, page);
      after = page.last();
      if (random.nextInt(3) > 0) {
        return;
      }
    }
  }

  /// A page has just what lies between `after` and its end and has not expired.
  void assertMessages(int agent, long after, Relay.Page page) {
    List<MessageModel> messages = model.inboxes.get(agent).messages;
    var expected = new ArrayList<String>();
    for (long sequence = after + 1; sequence <= page.last(); sequence++) {
      MessageModel message = messages.get((int) sequence - 1);
      if (!message.isExpired(real.millis())) {
        expected.add(message.json(sequence));
      }
    }
    assertThat(page.messages().stream().map(RelayLook::json))
        .as("inbox %s after %s", agent, after)
        .containsExactlyElementsOf(expected);
  }

  private void conversation(int one, int other, List<String> differences) {
    List<MessageModel> should = model.conversation(one, other).reversed();
    int limit = random.nextInt(1, 12);
    var found = new ArrayList<Stored>();
    List<Stored> page;
    Place before = Place.END;
    do {
      page = real.relay().conversation(real.number(one), real.number(other), before, limit);
      found.addAll(page);
      if (!page.isEmpty()) {
        before = Place.read(Place.of(page.getLast()).cursor());
      }
    } while (page.size() == limit && found.size() <= should.size());
    var expected = new ArrayList<String>();
    for (MessageModel message : should) {
      Long sequence = message.sequences().get(message.recipient());
      expected.add(message.json(sequence == null ? -1 : sequence));
    }
    compare("conversation of " + one + " and " + other, found, expected, differences);
  }

  private void channel(int agent, String id, List<String> differences) {
    Optional<ProblemType> refused = model.channels.member(agent, id);
    if (refused.isPresent()) {
      assertThat(RelayPlay.refusal(() -> real.relay().channels().forMember(real.number(agent), id)))
          .isEqualTo(refused);
      return;
    }
    Channel channel = real.relay().channels().forMember(real.number(agent), id);
    ChannelModel.Group group = model.channels.group(id);
    var members = new TreeSet<String>();
    real.relay()
        .channels()
        .members(channel, 100)
        .forEach(member -> members.add(member.agent() + " " + member.role()));
    var roles = new TreeSet<String>();
    group.roles.forEach((member, role) -> roles.add(real.number(member) + " " + role));
    assertThat(members).isEqualTo(roles);
    List<Stored> found = real.relay().conversation(channel, Place.END, 1_000);
    List<String> expected =
        group.messages.reversed().stream().map(message -> message.json(0)).toList();
    compare("channel " + id, found, expected, differences);
  }

  private void moved(int sender, List<String> differences) {
    List<SqlInboxes.Moved> all = real.relay().movedSince(real.number(sender), 0, 100);
    var seen = new HashSet<String>();
    all.forEach(of -> seen.add(of.agent() + " " + of.acknowledged() + " " + of.delivered()));
    var expected = new HashSet<String>();
    for (int recipient : model.recipientsOf(sender)) {
      RelayModel.InboxModel inbox = model.inboxes.get(recipient);
      if (inbox.stores > 0) {
        expected.add(
            real.number(recipient) + " " + inbox.storedAcknowledged + " " + inbox.storedDelivered);
        all.stream()
            .filter(of -> of.agent() == real.number(recipient))
            .forEach(of -> version(recipient, inbox.stores, of.movedAt()));
      }
    }
    if (!seen.equals(expected)) {
      differences.add("receipts of " + sender + " are " + seen + " and not " + expected);
    }
    if (!all.isEmpty()) {
      int known = random.nextInt(all.size());
      assertThat(real.relay().movedSince(real.number(sender), all.get(known).movedAt(), 100))
          .as("receipts of %s after one of their versions", sender)
          .isEqualTo(all.subList(known + 1, all.size()));
    }
  }

  /// A version stands for a move: it stays while nothing moves, and is newer than all that were
  /// found before when something did.
  private void version(int agent, int stores, long version) {
    newestVersion = Math.max(newestVersion, version);
    Version before = versions.put(agent, new Version(stores, version, newestVersion));
    if (before == null) {
      return;
    }
    if (before.stores() == stores) {
      assertThat(version).as("version of %s, which rests", agent).isEqualTo(before.version());
    } else {
      assertThat(version).as("version of %s, which moved", agent).isGreaterThan(before.newest());
    }
  }

  /// Asks for the state of a message, of oneself or of another, or of none.
  String atOneMessage(int agent) {
    String id =
        switch (random.nextInt(4)) {
          case 0 -> "k" + random.nextInt(20);
          case 2 -> "c" + random.nextInt(20);
          case 1 -> channels.get(random.nextInt(channels.size())) + "::" + random.nextInt(9);
          default ->
              RelayModel.name(random.nextInt(agents + 1))
                  + ":"
                  + (random.nextInt(4) == 0 ? random.nextLong(-2, 1L << 40) : random.nextInt(40));
        };
    Optional<MessageModel> should = model.find(agent, id);
    if (should.isEmpty()) {
      assertThat(RelayPlay.refusal(() -> real.relay().states().ofMessage(real.number(agent), id)))
          .as("state of %s", id)
          .contains(ProblemType.UNKNOWN_MESSAGE);
      return "no " + id;
    }
    var expected = new HashSet<States.OfRecipient>();
    should
        .get()
        .sequences()
        .forEach((recipient, sequence) ->
            expected.add(
                new States.OfRecipient(
                    RelayModel.name(recipient),
                    sequence,
                    model.state(recipient, should.get(), real.millis()))));
    try {
      assertThat(new HashSet<>(real.relay().states().ofMessage(real.number(agent), id)))
          .as("state of %s of %s", id, agent)
          .isEqualTo(expected);
    } catch (Refused refused) {
      throw new AssertionError(id + " of " + agent + " is not known", refused);
    }
    return "state of " + id;
  }

  private static void compare(
      String what, List<Stored> found, List<String> expected, List<String> differences) {
    List<String> seen = found.stream().map(RelayLook::json).toList();
    if (!seen.equals(expected)) {
      differences.add(what + " is\n" + seen + "\nand not\n" + expected);
    }
  }

  private static String json(Stored message) {
    var out = new ByteArrayOutputStream();
    Frames.message(out, message, null);
    return out.toString(StandardCharsets.UTF_8);
  }
}
