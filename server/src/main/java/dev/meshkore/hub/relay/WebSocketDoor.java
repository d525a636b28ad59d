package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Outlet;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.http.WebSocketOutlet;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `GET /ws`: send, acknowledge, receive, receipts and presence on one connection. A send to a
/// known recipient goes from the event loop to the writer and back; whatever may block is done
/// elsewhere, while the connection is not read, so that frames keep their order.
final class WebSocketDoor {
  private static final Logger LOG = System.getLogger(WebSocketDoor.class.getName());
  private static final Duration HELLO = Duration.ofSeconds(5);
  private static final int ANSWERS_MAX = 4_096;
  private static final int WATCHED_MAX = 1_000;
  private static final Request PROFILE = Request.bare(new Router.Route("PATCH", "/profile"));

  private final Relay relay;
  private final Agents agents;
  private final Callers callers;
  private final DraftReader reader;
  private final HeldOpen heldOpen;

  WebSocketDoor(
      Relay relay, Agents agents, Callers callers, DraftReader reader, HeldOpen heldOpen) {
    this.relay = relay;
    this.agents = agents;
    this.callers = callers;
    this.reader = reader;
    this.heldOpen = heldOpen;
  }

  /// Answers the handshake; a credential in its headers is checked before.
  Response open(Request request) {
    long after = request.query("after", -1, 0, Long.MAX_VALUE);
    if (!Callers.hasProof(request)) {
      String challenge = Hello.isSigned(request) ? callers.newChallenge() : null;
      return new Response.Upgrade(socket -> new Connection(socket, after).awaitHello(challenge));
    }
    Caller.OfAgent caller = callers.agentOf(request);
    Inbox inbox = relay.inbox(caller.number());
    relay.requireReached(inbox, after);
    HeldOpen.Hold hold = heldOpen.take(caller);
    return new Response.Upgrade(
        socket -> new Connection(socket, after).welcome(caller, inbox), hold::close);
  }

  /// One connection. All of it is on the socket's event loop, but for what [#elsewhere] runs.
  private final class Connection {
    private final WebSocketOutlet socket;
    private final long wantedAfter;
    private Caller.@Nullable OfAgent caller;
    private @Nullable Session session;
    private @Nullable String challenge;
    private boolean isWaitingForAnswers;
    private int reasonsToPause;

    Connection(WebSocketOutlet socket, long wantedAfter) {
      this.socket = socket;
      this.wantedAfter = wantedAfter;
      socket.onText(this::frame);
    }

    void awaitHello(@Nullable String asked) {
      challenge = asked;
      if (asked != null) {
        socket.write("challenge", Frames.challenge(asked));
        socket.flush();
      }
      socket.later(
          HELLO,
          () -> {
            if (session == null) {
              socket.close(Outlet.Closing.NO_HELLO);
            }
          });
    }

    void welcome(Caller.OfAgent of, Inbox inbox) {
      long after = wantedAfter < 0 ? inbox.acknowledged() : wantedAfter;
      welcome(of, inbox, after);
    }

    private void welcome(Caller.OfAgent of, Inbox inbox, long after) {
      caller = of;
      socket.write("welcome", Frames.welcome(of.id(), inbox.head(), inbox.acknowledged(), after));
      Session opened = relay.open(of, inbox, after, socket);
      session = opened;
      opened.afterPump(() -> readOn(opened));
      opened.pump();
    }

    private void frame(byte[] json) {
      Session open = session;
      Caller.OfAgent of = caller;
      try {
        DraftReader.Frame frame = reader.readFrame(json);
        if (open == null || of == null) {
          hello(frame);
        } else {
          frame(open, of, frame);
        }
      } catch (Refused refused) {
        if (open == null) {
          refuseBeforeHello(json, refused);
        } else {
          refuse(open, json, refused);
        }
      }
    }

    /// Nobody waits here for somebody of whom nothing is known.
    private void refuseBeforeHello(byte[] json, Refused refused) {
      if (!socket.isWritable()) {
        socket.close(Outlet.Closing.SLOW_READER);
        return;
      }
      socket.write("problem", Frames.problem(DraftReader.refOf(json), refused));
      socket.flush();
    }

    private void frame(Session open, Caller.OfAgent of, DraftReader.Frame frame) {
      String ref = frame.draft().ref();
      switch (frame.type()) {
        case "send" -> send(open, of, frame.draft());
        case "ack" -> acknowledge(open, frame.sequence(), ref);
        case "status" -> status(open, of, frame.status(), ref);
        case "watch" -> watch(open, frame.agents(), ref);
        case "ping" -> offer(open, Frames.typed("pong", ref));
        case "hello" -> throw Refused.field("type", "This connection is authenticated already");
        default -> throw Refused.field("type", "There is no frame of this type");
      }
    }

    private void hello(DraftReader.Frame frame) {
      Supplier<Caller.OfAgent> proved = Hello.proved(frame, challenge, callers);
      challenge = null;
      long wanted = frame.after() < 0 ? wantedAfter : frame.after();
      elsewhere(
          () -> {
            Caller.OfAgent of = proved.get();
            Inbox inbox = relay.inbox(of.number());
            relay.requireReached(inbox, wanted);
            socket.onGone(heldOpen.take(of)::close);
            return () -> welcome(of, inbox, wanted < 0 ? inbox.acknowledged() : wanted);
          },
          refused -> refuseHello(frame.draft().ref(), refused));
    }

    /// Whoever is not let in goes; whoever only asked wrongly may ask again in time.
    private void refuseHello(@Nullable String ref, Refused refused) {
      socket.write("problem", Frames.problem(ref, refused));
      socket.flush();
      switch (refused.type()) {
        case UNAUTHENTICATED -> socket.close(Outlet.Closing.UNAUTHENTICATED);
        case TOKEN_EXPIRED -> socket.close(Outlet.Closing.TOKEN_EXPIRED);
        case NOT_ALLOWED -> socket.close(Outlet.Closing.NOT_ALLOWED);
        case TOO_MANY_OPEN -> socket.close(Outlet.Closing.TOO_MANY_OPEN);
        case BUSY, IN_DOUBT -> socket.close(Outlet.Closing.BUSY);
        case STOPPING -> socket.close(Outlet.Closing.TRY_LATER);
        case STORAGE_FULL -> socket.close(Outlet.Closing.STORAGE_FULL);
        default -> {}
      }
    }

    private void send(Session open, Caller.OfAgent of, Draft draft) {
      RateLimiter.Decision decision = relay.admit(of);
      Session.Answer answer = open.expectAnswer();
      if (!decision.allowed()) {
        refuse(open, answer, draft, decision.refusal());
        return;
      }
      String to = draft.to();
      OptionalLong known = to == null ? OptionalLong.empty() : relay.recipients().known(to);
      if (known.isPresent()) {
        submit(open, of, draft, known.getAsLong(), answer);
      } else {
        lookUpAndSend(open, of, draft, answer);
      }
      waitForReader(open);
    }

    /// A peer that asks and does not read its answers is not asked for more.
    private void waitForReader(Session open) {
      if (open.waiting() > ANSWERS_MAX && !isWaitingForAnswers) {
        isWaitingForAnswers = true;
        pause();
      }
    }

    private void pause() {
      reasonsToPause++;
      if (reasonsToPause == 1) {
        socket.pause();
      }
    }

    /// Reads on when nothing is left to wait for.
    private void resume() {
      reasonsToPause--;
      if (reasonsToPause == 0) {
        socket.resume();
      }
    }

    private void submit(
        Session open, Caller.OfAgent of, Draft draft, long recipient, Session.Answer answer) {
      try {
        relay.submit(of, draft, recipient, open, outcome -> fill(answer, draft, outcome));
      } catch (Refused refused) {
        refuse(open, answer, draft, refused);
      }
    }

    private void lookUpAndSend(
        Session open, Caller.OfAgent of, Draft draft, Session.Answer answer) {
      String to = draft.to();
      elsewhere(
          () -> {
            if (to == null) {
              SendOutcome outcome = relay.sendToChannel(of, draft);
              return () -> {
                fill(answer, draft, outcome);
                wake(open);
              };
            }
            Draft addressed = relay.recipients().addressed(of, draft);
            long recipient = relay.recipients().lookUp(Objects.requireNonNull(addressed.to()));
            return () -> submit(open, of, addressed, recipient, answer);
          },
          refused -> refuse(open, answer, draft, refused));
    }

    private static void fill(Session.Answer answer, Draft draft, SendOutcome outcome) {
      Session.answer(
          answer,
          switch (outcome) {
            case SendOutcome.Accepted accepted -> Frames.sent(accepted.sent(), true, draft.ref());
            case SendOutcome.Rejected rejected ->
                Frames.refused(draft.ref(), draft.id(), rejected.refused());
          });
    }

    private void refuse(Session open, Session.Answer answer, Draft draft, Refused refused) {
      Session.answer(answer, Frames.refused(draft.ref(), draft.id(), refused));
      wake(open);
    }

    private void refuse(Session open, byte[] json, Refused refused) {
      String ref = DraftReader.refOf(json);
      boolean isSend = DraftReader.isSend(json);
      byte[] frame =
          isSend
              ? Frames.refused(ref, DraftReader.idOf(json), refused)
              : Frames.problem(ref, refused);
      Session.answer(open.expectAnswer(), frame);
      waitForReader(open);
      wake(open);
    }

    private void wake(Session open) {
      if (open.markWoken()) {
        socket.loop().execute(open::pump);
      }
    }

    /// Reads from the peer again when it has taken enough answers.
    private void readOn(Session open) {
      if (isWaitingForAnswers && open.waiting() < ANSWERS_MAX / 2) {
        isWaitingForAnswers = false;
        resume();
      }
    }

    private void acknowledge(Session open, long sequence, @Nullable String ref) {
      if (sequence < 0) {
        throw Refused.field("sequence", "sequence is required");
      }
      boolean isDurably = ref != null;
      if (!isDurably && sequence <= open.inbox().head()) {
        relay.acknowledge(open.inbox(), sequence, false);
        return;
      }
      elsewhere(
          () -> {
            relay.acknowledge(open.inbox(), sequence, isDurably);
            if (ref == null) {
              return () -> {};
            }
            ObjectNode frame = Frames.typed("acknowledged", ref);
            frame.put("sequence", sequence);
            return () -> offer(open, frame);
          },
          refused -> offer(open, problem(ref, refused)));
    }

    private void status(
        Session open, Caller.OfAgent of, @Nullable String status, @Nullable String ref) {
      if (status == null) {
        throw Refused.field("status", "status is required");
      }
      elsewhere(
          () -> {
            callers.admit(PROFILE, of);
            agents.update(
                of.number(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(ProfileFields.status(status)));
            relay.presence().tell(of.number());
            ObjectNode frame = Frames.typed("status", ref).put("status", status);
            return () -> offer(open, frame);
          },
          refused -> offer(open, problem(ref, refused)));
    }

    private void watch(Session open, @Nullable List<String> names, @Nullable String ref) {
      if (names == null || names.size() > WATCHED_MAX) {
        throw Refused.field("agents", "agents must be a list of at most " + WATCHED_MAX + " ids");
      }
      elsewhere(
          () -> {
            var numbers = new HashSet<Long>();
            for (String name : names) {
              agents.numberOf(name).ifPresent(numbers::add);
            }
            relay.presence().watch(open, numbers);
            return () -> wake(open);
          },
          refused -> offer(open, problem(ref, refused)));
    }

    private void offer(Session open, ObjectNode frame) {
      open.offer(frame.get("type").stringValue(), Json.bytes(frame));
      waitForReader(open);
      wake(open);
    }

    /// Runs what may block on another thread and its result here; until then nothing is read.
    private void elsewhere(Supplier<Runnable> work, Consumer<Refused> onRefused) {
      pause();
      relay
          .blocking()
          .execute(() -> {
            Runnable next;
            try {
              next = work.get();
            } catch (Refused refused) {
              next = () -> onRefused.accept(refused);
            } catch (StoreFailure failure) {
              next = () -> onRefused.accept(Problems.of(failure));
            } catch (RuntimeException failure) {
              LOG.log(Level.ERROR, "A frame could not be handled", failure);
              next = () -> onRefused.accept(failed());
            }
            Runnable result = next;
            socket
                .loop()
                .execute(() -> {
                  result.run();
                  resume();
                });
          });
    }
  }

  private static Refused failed() {
    return Refused.later(ProblemType.IN_DOUBT, "The hub failed; its log has the cause", 1);
  }

  private static ObjectNode problem(@Nullable String ref, Refused refused) {
    ObjectNode frame = Frames.typed("problem", ref);
    frame.set("problem", Problems.body(refused));
    return frame;
  }
}
