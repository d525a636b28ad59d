package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.EventStream;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
  private final Map<String, Set<Semaphore>> waiting = new ConcurrentHashMap<>();

  Following(Runs runs, Mail mail, LongSupplier nanoTime) {
    this.runs = runs;
    this.mail = mail;
    this.nanoTime = nanoTime;
  }

  /// Lets all who wait for a run look again: its own caller changed it.
  void changed(String id) {
    waiting.getOrDefault(id, Set.of()).forEach(Semaphore::release);
  }

  /// The run when the agent is done with it, or as it is when the time is over or nobody waits.
  Run await(Caller.OfAgent asker, Run begun, Duration most, Peer peer) {
    Runnable stay = () -> {};
    try (var look = new Look(asker, begun, most)) {
      stay = peer.onGone(look::giveUp);
      Run run = runs.find(asker, begun.id());
      while (!run.status().isSettled() && look.isDue()) {
        run = runs.find(asker, begun.id());
      }
      return run;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Refused(ProblemType.STOPPING, "The hub is stopping; ask for the run later");
    } finally {
      stay.run();
    }
  }

  /// Writes a run's events until it is done, the client is gone, or the time is over. On the
  /// stream's event loop; returns at once.
  void stream(Caller.OfAgent asker, Run begun, EventStream stream, Duration most) {
    var look = new Look(asker, begun, most);
    stream.onClose(look::giveUp);
    Thread.ofVirtual()
        .start(() -> {
          try (look) {
            write(asker, begun, stream, look);
          } catch (Runs.Failed failed) {
            send(stream, error(AcpProblems.of(failed.answer().json())));
          } catch (Refused refused) {
            send(stream, error(AcpProblems.of(refused)));
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            stream.finish();
          }
        });
  }

  private void write(Caller.OfAgent asker, Run begun, EventStream stream, Look look)
      throws InterruptedException {
    send(stream, begun.as(RunStatus.CREATED).event());
    send(stream, begun.as(RunStatus.IN_PROGRESS).event());
    int told = begun.replies().size();
    Run run = runs.find(asker, begun.id());
    while (true) {
      run.replies().stream()
          .skip(told)
          .flatMap(reply -> Run.eventsOf(reply).stream())
          .forEach(event -> send(stream, event));
      told = run.replies().size();
      if (run.status().isSettled()) {
        send(stream, run.event());
        return;
      }
      if (!look.isDue()) {
        return;
      }
      run = runs.find(asker, begun.id());
    }
  }

  /// One who waits for a run. Closing it ends the wait's cost.
  private final class Look implements AutoCloseable {
    private final Caller.OfAgent asker;
    private final Run run;
    private final long until;
    private final Semaphore grown = new Semaphore(0);
    private final Runnable end;
    private volatile boolean isGone;
    private String newest = "";

    Look(Caller.OfAgent asker, Run run, Duration most) {
      this.asker = asker;
      this.run = run;
      this.until = nanoTime.getAsLong() + most.toNanos();
      this.end = mail.watch(asker.number(), grown::release);
      waiting.compute(
          run.id(),
          (_, others) -> {
            Set<Semaphore> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(grown);
            return all;
          });
    }

    void giveUp() {
      isGone = true;
      grown.release();
    }

    /// Waits until the conversation has changed; false when the time is over or nobody waits.
    boolean isDue() throws InterruptedException {
      while (grown.tryAcquire(until - nanoTime.getAsLong(), TimeUnit.NANOSECONDS) && !isGone) {
        grown.drainPermits();
        String now = runs.newest(asker, run.agent());
        if (!now.equals(newest)) {
          newest = now;
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      end.run();
      waiting.computeIfPresent(
          run.id(),
          (_, all) -> {
            all.remove(grown);
            return all.isEmpty() ? null : all;
          });
    }
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
