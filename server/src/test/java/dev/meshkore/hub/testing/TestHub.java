package dev.meshkore.hub.testing;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// A real hub on a free port of loopback, with a data folder of its own that goes with it.
public final class TestHub implements AutoCloseable {
  private final Hub hub;
  private final AtomicReference<Duration> ahead;
  private final Path data;

  private TestHub(Hub hub, AtomicReference<Duration> ahead, Path data) {
    this.hub = hub;
    this.ahead = ahead;
    this.data = data;
  }

  /// Starts a hub without a rate limit; settings are named as on the command line.
  public static TestHub start(Map<String, String> settings) {
    try {
      Path data = Files.createTempDirectory("hub");
      var all = new HashMap<String, String>();
      all.put("port", "0");
      all.put("data", data.toString());
      all.put("rate-per-minute", "0");
      // A model takes a second of a core; whoever tests what it does asks for it.
      all.put("meaning", "false");
      all.putAll(settings);
      var ahead = new AtomicReference<>(Duration.ZERO);
      InstantSource clock = () -> InstantSource.system().instant().plus(ahead.get());
      HubConfig config = HubConfig.read(all, Map.of());
      return new TestHub(Hub.open(config, clock, () -> {}), ahead, data);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Where it listens.
  public String url() {
    return hub.url();
  }

  /// The port on which it listens, however it is reached.
  public int port() {
    return hub.port();
  }

  /// The operator's key.
  public String adminKey() {
    return hub.adminKey();
  }

  /// The hub itself.
  public Hub hub() {
    return hub;
  }

  /// Lets the hub's clock run ahead by so much more.
  public void advance(Duration more) {
    ahead.updateAndGet(before -> before.plus(more));
  }

  /// The folder that holds its data.
  public Path data() {
    return data;
  }

  /// A fresh invite's URL.
  public String invite() {
    return hub.newInvite("test");
  }

  @Override
  public void close() {
    hub.close();
    try (var files = Files.walk(data)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
