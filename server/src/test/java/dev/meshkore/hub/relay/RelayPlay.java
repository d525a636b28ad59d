package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Does the same to a relay and to its model, and asserts that both answer the same.
final class RelayPlay {
  private static final int AGENTS = 4;
  private static final List<Channel.Role> ROLES = List.of(Channel.Role.values());
  private static final List<String> CHANNELS = List.of("red", "green", "agent-9");

  private final RelayUnderTest real;
  private final RelayModel model;
  private final SplittableRandom random;
  private final DraftReader reader = new DraftReader();
  private final RelayLook look;

  RelayPlay(RelayUnderTest real, SplittableRandom random, long unreadMax) {
    this.real = real;
    this.random = random;
    this.model = new RelayModel(AGENTS, unreadMax);
    for (int agent = 0; agent < AGENTS; agent++) {
      real.add(RelayModel.name(agent));
    }
    this.look = new RelayLook(real, model, random, AGENTS, CHANNELS);
  }

  /// Does one thing, and says which.
  String step() {
    int agent = agent();
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> send(agent, agent());
      case 4, 5 -> burst();
      case 6, 7, 8 -> sendToChannel(agent, channel());
      case 9, 10, 11 -> channelRule(agent, channel(), agent());
      case 12, 13 -> poll(agent);
      case 14, 15 -> acknowledge(agent);
      case 16, 17 -> {
        real.forward(Duration.ofMillis(random.nextLong(6_000)));
        yield "time passes";
      }
      case 18, 19 -> tick();
      case 20 -> reopen();
      case 21 -> kill();
      default -> look.atOneMessage(agent);
    };
  }

  /// What can be seen of the relay and is not as the model has it.
  List<String> differences() {
    return look.differences();
  }

  private String send(int sender, int recipient) {
    DraftModel draft = DraftModel.random(random, prefix(8), anyId());
    Draft read = reader.readSend(draft.body(Optional.of(RelayModel.name(recipient))));
    SendOutcome outcome = real.relay().send(real.caller(sender), read);
    assertSent(outcome, model.send(sender, recipient, draft, real.millis()));
    return sender + " sends to " + recipient + " " + draft;
  }

  private record Asked(int sender, int recipient, DraftModel draft) {}

  /// Many at once, so that they are committed together.
  private String burst() {
    boolean isOrdered = !real.database().dialect().isShared();
    int only = agent();
    var asked = new ArrayList<Asked>();
    var outcomes = new ArrayList<CompletableFuture<SendOutcome>>();
    int count = random.nextInt(2, 30);
    for (int i = 0; i < count; i++) {
      int recipient = isOrdered ? agent() : only;
      asked.add(new Asked(agent(), recipient, DraftModel.random(random, prefix(8), anyId())));
    }
    for (Asked one : asked) {
      var outcome = new CompletableFuture<SendOutcome>();
      String to = RelayModel.name(one.recipient());
      Draft read = reader.readSend(one.draft().body(Optional.of(to)));
      long number = real.number(one.recipient());
      real.relay().submit(real.caller(one.sender()), read, number, null, outcome::complete);
      outcomes.add(outcome);
    }
    for (int i = 0; i < count; i++) {
      Asked one = asked.get(i);
      assertSent(
          outcomes.get(i).join(),
          model.send(one.sender(), one.recipient(), one.draft(), real.millis()));
    }
    return "a burst of " + asked;
  }

  private String sendToChannel(int sender, String channel) {
    DraftModel draft = DraftModel.random(random, prefix(2), anyId());
    Draft read = reader.readChannelSend(draft.body(Optional.empty()), channel);
    Optional<ProblemType> refused = model.channels.member(sender, channel);
    if (refused.isPresent()) {
      assertThat(refusal(() -> real.relay().sendToChannel(real.caller(sender), read)))
          .isEqualTo(refused);
    } else {
      SendOutcome outcome = real.relay().sendToChannel(real.caller(sender), read);
      assertSent(outcome, model.sendToChannel(sender, channel, draft, real.millis()));
    }
    return sender + " sends to channel " + channel + " " + draft;
  }

  private static void assertSent(SendOutcome outcome, Optional<RelayModel.Told> expected) {
    switch (outcome) {
      case SendOutcome.Rejected(Refused refused) -> {
        assertThat(expected).as("refused: %s", refused.detail()).isEmpty();
        assertThat(refused.type()).isEqualTo(ProblemType.INBOX_FULL);
      }
      case SendOutcome.Accepted(Sent sent) -> {
        RelayModel.Told told = expected.orElseThrow(() -> new AssertionError("not refused"));
        MessageModel message = told.message();
        boolean isDirect = message.channel().isEmpty();
        var should =
            new Sent(
                message.id(),
                isDirect ? RelayModel.name(message.recipient()) : null,
                message.channel().orElse(null),
                isDirect ? Objects.requireNonNull(message.sequences().get(message.recipient())) : 0,
                message.sequences().size(),
                message.sentAtMs(),
                told.state().word(),
                told.isDuplicate());
        assertThat(sent).isEqualTo(should);
      }
    }
  }

  private String channelRule(int agent, String channel, int other) {
    Channels channels = real.relay().channels();
    long number = real.number(agent);
    long otherNumber = real.number(other);
    Channel.Role role = ROLES.get(random.nextInt(ROLES.size()));
    int rule = random.nextInt(6);
    boolean isOpen = random.nextBoolean();
    Optional<ProblemType> expected =
        switch (rule) {
          case 0 -> model.channels.create(agent, channel, isOpen, List.of(other));
          case 1 -> model.channels.join(agent, channel);
          case 2 -> model.channels.leave(agent, channel);
          case 3 -> model.channels.add(agent, channel, other, role);
          case 4 -> model.channels.remove(agent, channel, other);
          default -> model.channels.setRole(agent, channel, other, role);
        };
    Channel.Visibility visibility = isOpen ? Channel.Visibility.OPEN : Channel.Visibility.PRIVATE;
    Optional<ProblemType> answered =
        refusal(() -> {
          switch (rule) {
            case 0 -> channels.create(number, channel, "", visibility, List.of(otherNumber));
            case 1 -> channels.join(number, channel);
            case 2 -> channels.leave(number, channel);
            case 3 -> channels.addMember(number, channel, otherNumber, role);
            case 4 -> channels.removeMember(number, channel, otherNumber);
            default -> channels.setRole(number, channel, otherNumber, role);
          }
        });
    String what = "rule " + rule + " of " + channel + " by " + agent + " on " + other;
    assertThat(answered).as(what).isEqualTo(expected);
    return what;
  }

  private String poll(int agent) {
    int size = model.inboxes.get(agent).messages.size();
    long after = random.nextLong(size + 1L);
    int limit = random.nextInt(1, 40);
    long bytesMax = random.nextInt(3) == 0 ? random.nextLong(1, 4_000) : 1 << 22;
    Relay.Page page = real.relay().read(real.inbox(agent), after, limit, bytesMax);
    model.delivered(agent, after, page.last());
    assertThat(page.last()).isBetween(Math.min(after + 1, size), Math.min(after + limit, size));
    look.assertMessages(agent, after, page);
    return "poll of " + agent + " after " + after + ", " + limit + " and " + bytesMax;
  }

  private String acknowledge(int agent) {
    long sequence = random.nextLong(model.inboxes.get(agent).messages.size() + 2L);
    boolean durably = random.nextBoolean();
    Optional<ProblemType> expected = model.acknowledge(agent, sequence, durably);
    assertThat(refusal(() -> real.relay().acknowledge(real.inbox(agent), sequence, durably)))
        .isEqualTo(expected);
    return agent + " acknowledges " + sequence + (durably ? " durably" : "");
  }

  private String tick() {
    real.relay().tick();
    model.store();
    model.expire(real.millis());
    return "a tick";
  }

  private String reopen() {
    real.reopen();
    model.store();
    return "closed and opened again";
  }

  private String kill() {
    real.kill();
    model.kill();
    return "killed and opened again";
  }

  static Optional<ProblemType> refusal(Runnable action) {
    @Nullable ProblemType type = null;
    try {
      action.run();
    } catch (Refused refused) {
      type = refused.type();
    }
    return Optional.ofNullable(type);
  }

  private int agent() {
    return random.nextInt(AGENTS);
  }

  private String channel() {
    return CHANNELS.get(random.nextInt(CHANNELS.size()));
  }

  /// Mostly, direct messages and channels' have ids of their own; now and then one takes the
  /// other's.
  private String prefix(int oftenDirect) {
    return random.nextInt(oftenDirect) == 0 ? "c" : "k";
  }

  private String anyId() {
    return random.nextBoolean() ? "k" + random.nextInt(5) : "agent-1:" + random.nextInt(9);
  }
}
