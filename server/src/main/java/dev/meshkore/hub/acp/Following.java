package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.EventStream;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/// Waits for what an agent answers to a run. It looks when the caller's inbox has grown.
final class Following {
  /// Runs an action each time an agent's inbox has grown, until what it returns is run.
  @FunctionalInterface
  interface Mail {
    Runnable watch(long agent, Runnable action);
  }

  private final Runs runs;
  private final Mail mail;
  private final LongSupplier nanoTime;

  Following(Runs runs, Mail mail, LongSupplier nanoTime) {
    this.runs = runs;
    this.mail = mail;
    this.nanoTime = nanoTime;
  }

  /// The run when the agent is done with it, or as it is when the time is over.
  Run await(Runs.Asker asker, String id, Duration most) {
    var grown = new Semaphore(0);
    Runnable end = mail.watch(asker.caller().number(), grown::release);
    try {
      long until = nanoTime.getAsLong() + most.toNanos();
      Run run = runs.find(asker, id);
      while (!run.status().isSettled()
          && grown.tryAcquire(until - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
        grown.drainPermits();
        run = runs.find(asker, id);
      }
      return run;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Refused(ProblemType.STOPPING, "The hub is stopping; ask for the run later");
    } finally {
      end.run();
    }
  }

  /// Writes a run's events until it is done, the client is gone, or the time is over. On the
  /// stream's event loop; returns at once.
  void stream(Runs.Asker asker, Run begun, EventStream stream, Duration most) {
    var grown = new Semaphore(1);
    var isGone = new AtomicBoolean();
    stream.onClose(() -> {
      isGone.set(true);
      grown.release();
    });
    Thread.ofVirtual()
        .start(() -> {
          Runnable end = mail.watch(asker.caller().number(), grown::release);
          try {
            long until = nanoTime.getAsLong() + most.toNanos();
            send(stream, begun.event());
            send(stream, begun.as(RunStatus.IN_PROGRESS).event());
            int told = begun.replies().size();
            boolean isDone = false;
            while (!isDone
                && grown.tryAcquire(until - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)
                && !isGone.get()) {
              grown.drainPermits();
              Run run = runs.find(asker, begun.id());
              run.replies().stream()
                  .skip(told)
                  .flatMap(reply -> Run.eventsOf(reply).stream())
                  .forEach(event -> send(stream, event));
              told = run.replies().size();
              isDone = run.status().isSettled();
              if (isDone) {
                send(stream, run.event());
              }
            }
          } catch (Runs.Failed failed) {
            send(stream, error(AcpProblems.of(failed.answer().json())));
          } catch (Refused refused) {
            send(stream, error(AcpProblems.of(refused)));
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            end.run();
            stream.finish();
          }
        });
  }

  private static ObjectNode error(ObjectNode problem) {
    ObjectNode event = Json.object().put("type", "error");
    event.set("error", problem);
    return event;
  }

  private static void send(EventStream stream, ObjectNode event) {
    stream.send(null, Json.bytes(event));
  }
}
