package dev.meshkore.hub.courier;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Correspondent;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Hands over what waits for one outside agent, one message after the other, each acknowledged when
/// it was taken or cannot be. Every outside agent has a desk of its own, so a slow one delays no
/// other.
final class Desk {
  private static final Logger LOG = System.getLogger(Desk.class.getName());
  private static final long PATIENCE_MS = Duration.ofHours(24).toMillis();
  private static final long WAIT_MS_MAX = Duration.ofMinutes(5).toMillis();
  private static final int ATTEMPTS_OF_MESSAGE = 6;
  private static final int FIRST_ANSWER_SECONDS = 30;

  private final CourierParts parts;
  private final OutsideAgents.Outside remote;
  private final Correspondent correspondent;
  private final Answers answers;
  private final AtomicBoolean isDue = new AtomicBoolean();
  private final AtomicBoolean isBusy = new AtomicBoolean();
  private volatile long retryAtMs;
  private int attempts;

  Desk(CourierParts parts, OutsideAgents.Outside remote, Correspondent correspondent) {
    this.parts = parts;
    this.remote = remote;
    this.correspondent = correspondent;
    this.answers = new Answers(correspondent);
  }

  OutsideAgents.Outside remote() {
    return remote;
  }

  Answers answers() {
    return answers;
  }

  boolean hasMail() {
    return correspondent.hasMail();
  }

  /// Something may have come.
  void wake() {
    isDue.set(true);
    run();
  }

  /// Tries again what was put off, if its time has come.
  void tick() {
    long at = retryAtMs;
    if (at != 0 && parts.clock().millis() >= at) {
      wake();
    }
  }

  private void run() {
    if (isDue.get() && isBusy.compareAndSet(false, true)) {
      parts.start(() -> {
        try {
          while (isDue.getAndSet(false)) {
            drain();
          }
        } finally {
          isBusy.set(false);
        }
        run();
      });
    }
  }

  private void drain() {
    boolean goesOn = true;
    while (goesOn && !parts.isStopping() && parts.clock().millis() >= retryAtMs) {
      retryAtMs = 0;
      try {
        Optional<Correspondent.Letter> next = correspondent.next();
        goesOn = next.isPresent() && handOver(next.get());
      } catch (StoreFailure | Later _) {
        goesOn = putOff();
      } catch (RuntimeException failure) {
        LOG.log(Level.ERROR, "A message to " + remote.id() + " will be tried again", failure);
        goesOn = putOff();
      }
    }
  }

  /// True when the next one may follow.
  private boolean handOver(Correspondent.Letter letter) {
    Errand errand = Errand.of(remote, letter.json());
    Verdict verdict = attempt(errand);
    switch (verdict) {
      case Verdict.Taken _ -> {}
      case Verdict.Failed failed -> fail(errand, failed.why());
      case Verdict.NotNow notNow -> {
        parts.cards().forget(remote);
        attempts++;
        boolean isTried = notNow.isOfMessage() && attempts >= ATTEMPTS_OF_MESSAGE;
        if (!isTried && parts.clock().millis() - errand.sentAtMs() < PATIENCE_MS) {
          return putOff();
        }
        fail(errand, notNow.why());
      }
    }
    correspondent.acknowledge(letter.sequence());
    attempts = 0;
    return true;
  }

  private boolean putOff() {
    long wait = Math.min(WAIT_MS_MAX, 500L << Math.min(Math.max(attempts, 1), 10));
    retryAtMs = parts.clock().millis() + wait;
    return false;
  }

  /// Tells the sender why the outside agent will not have the message.
  private void fail(Errand errand, Refused why) {
    parts.cards().forget(remote);
    var address = new Answers.Address(errand.from(), errand.thread(), errand.id());
    ObjectNode payload = Payloads.ofFailure(errand.taskId(), why);
    try {
      answers.tell(address, errand.id() + "\nfailed", payload);
    } catch (Later later) {
      if (!later.isOfSender()) {
        throw later;
      }
    }
  }

  private Verdict attempt(Errand errand) {
    try {
      return errand.isDirect() ? attemptDirect(errand) : new Verdict.Taken();
    } catch (Later later) {
      return new Verdict.NotNow(later.why(), false);
    } catch (StoreFailure failure) {
      return new Verdict.NotNow(Problems.of(failure), false);
    } catch (RuntimeException failure) {
      // A message that the hub itself cannot bear must not hold up those behind it for ever.
      LOG.log(Level.ERROR, "A message to " + remote.id() + " could not be passed on", failure);
      return new Verdict.NotNow(A2aWire.failed("The hub could not pass it on"), true);
    }
  }

  private Verdict attemptDirect(Errand errand) {
    long sender = parts.agents().numberOf(errand.from()).orElse(0);
    if (errand.payload() == null) {
      return new Verdict.Failed(Refused.field("payload", "The payload cannot be passed on"));
    }
    boolean isNamed = !errand.taskId().isEmpty();
    Optional<OutsideTask> before =
        isNamed && !Following.isName(errand.taskId()) ? Optional.empty() : before(errand, sender);
    if (before.isEmpty() && isNamed) {
      return new Verdict.Failed(
          Refused.field("task_id", "You have no task of this name with this agent"));
    }
    return switch (parts.cards().of(remote)) {
      case Cards.Found.Not not -> Verdict.of(not.why());
      case Cards.Found.At at when errand.isCancel() ->
          cancel(at.endpoint(), errand, before.orElseThrow());
      case Cards.Found.At at -> send(at.endpoint(), errand, sender, before);
    };
  }

  /// The task or conversation that a message goes on with.
  private Optional<OutsideTask> before(Errand errand, long sender) {
    if (!errand.taskId().isEmpty()) {
      return parts.tasks().find(new OutsideTask.Key(remote.number(), sender, errand.taskId()));
    }
    return errand.thread().isEmpty()
        ? Optional.empty()
        : parts.tasks().newest(remote.number(), sender, errand.thread());
  }

  private Verdict cancel(Endpoint endpoint, Errand errand, OutsideTask task) {
    Reply reply = parts.wire().cancel(endpoint, errand.taskId());
    if (reply instanceof Reply.Done done) {
      Following.of(parts.tasks(), answers, parts.clock(), task, errand.from())
          .takeTask(done.result());
    }
    return Verdict.of(reply);
  }

  private Verdict send(
      Endpoint endpoint, Errand errand, long sender, Optional<OutsideTask> before) {
    ObjectNode message = message(errand, before);
    String thread =
        errand.thread().isEmpty() ? before.map(OutsideTask::thread).orElse("") : errand.thread();
    var verdict = new CompletableFuture<Verdict>();
    var following =
        new Following(
            parts.tasks(),
            answers,
            parts.clock(),
            remote.number(),
            sender,
            new Answers.Address(errand.from(), thread, errand.id()),
            before.orElse(null),
            verdict);
    if (endpoint.isStreaming() && parts.slots().take(remote.number(), sender)) {
      parts.start(() -> {
        try {
          verdict.complete(
              follow(following, () -> parts.wire().stream(endpoint, message, following::take)));
        } catch (RuntimeException failure) {
          LOG.log(Level.ERROR, "An answer of " + remote.id() + " was not followed", failure);
          verdict.complete(
              new Verdict.NotNow(A2aWire.failed("The hub could not follow the answer"), true));
        } finally {
          parts.slots().free(remote.number(), sender);
        }
      });
      return firstAnswer(verdict);
    }
    return follow(
        following,
        () -> {
          Reply reply = parts.wire().send(endpoint, message);
          if (reply instanceof Reply.Done done) {
            following.take(done.result());
          }
          return reply;
        });
  }

  /// Whoever streams has to say something in time; what comes later is not followed.
  private static Verdict firstAnswer(CompletableFuture<Verdict> verdict) {
    var late = new Verdict.NotNow(A2aWire.failed("It began a stream and said nothing"), true);
    return verdict.completeOnTimeout(late, FIRST_ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  /// Lets an exchange happen; what is not over then is asked for later.
  private static Verdict follow(Following following, Supplier<Reply> exchange) {
    try {
      Reply reply = exchange.get();
      if (following.isTaken()) {
        return new Verdict.Taken();
      }
      return reply instanceof Reply.Done
          ? new Verdict.NotNow(A2aWire.failed("It answered with neither task nor message"), true)
          : Verdict.of(reply);
    } catch (Later later) {
      return orTaken(following, later.why());
    } catch (StoreFailure failure) {
      return orTaken(following, Problems.of(failure));
    } finally {
      following.askLater();
    }
  }

  /// What was taken is never handed over again; what its sender could not be told is asked for.
  private static Verdict orTaken(Following following, Refused why) {
    return following.isTaken() ? new Verdict.Taken() : new Verdict.NotNow(why, false);
  }

  private static ObjectNode message(Errand errand, Optional<OutsideTask> before) {
    ObjectNode message = Json.object().put("messageId", errand.a2aId()).put("role", "ROLE_USER");
    before
        .map(OutsideTask::contextId)
        .filter(id -> !id.isEmpty())
        .ifPresent(id -> message.put("contextId", id));
    if (!errand.taskId().isEmpty()) {
      message.put("taskId", errand.taskId());
    } else {
      before.filter(OutsideTask::isWaiting).ifPresent(task -> message.put("taskId", task.taskId()));
    }
    if (errand.payload() != null) {
      message.set("parts", Payloads.partsOf(errand.payload()));
    }
    return message;
  }
}
