package dev.meshkore.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The hub under load: one that runs already, or one of our own.
final class HubTarget implements Target {
  private final @Nullable HubProcess process;
  private final @Nullable Path folder;
  private final long pid;
  private final URI url;
  private final HubApi api;
  private final String run;
  private int rosterCount;

  private HubTarget(
      @Nullable HubProcess process, @Nullable Path folder, long pid, URI url, Path keyFile) {
    this.process = process;
    this.folder = folder;
    this.pid = pid;
    this.url = url;
    this.api = new HubApi(url, key(keyFile));
    run = "b" + Long.toString(System.nanoTime() & 0xfff_ffff, 36);
  }

  /// The hub that the options name, or a new one.
  static HubTarget open(BenchOptions options) {
    return open(options, List.of());
  }

  /// The same; a new one is started with these options.
  static HubTarget open(BenchOptions options, List<String> hubOptions) {
    String given = options.url();
    Path keyFile = options.adminKeyFile();
    if (given != null && keyFile != null) {
      return new HubTarget(null, null, options.pid(), URI.create(given), keyFile);
    }
    Path folder = ServerProcess.newFolder(options.folder(), "hub");
    HubProcess process = HubProcess.start(folder, options.javaOptions(), hubOptions);
    return new HubTarget(process, folder, process.pid(), process.url(), process.adminKeyFile());
  }

  private static String key(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new BenchFailure("cannot read the admin key from " + file, e);
    }
  }

  /// As it names itself.
  String url() {
    return url.toString().replaceFirst("/$", "");
  }

  HubApi api() {
    return api;
  }

  /// New agents, whose ids no earlier scenario has used.
  Roster newRoster(int count) throws InterruptedException {
    return api.join(String.format(Locale.ROOT, "%s-%d-", run, rosterCount++), count);
  }

  InetSocketAddress address() {
    try {
      int port = url.getPort() < 0 ? 80 : url.getPort();
      return new InetSocketAddress(InetAddress.getByName(url.getHost()), port);
    } catch (UnknownHostException e) {
      throw new BenchFailure("there is no host " + url.getHost(), e);
    }
  }

  Place place(int index, Loop loop, Payload payload, Traffic traffic) {
    return new Place(index, loop, payload, traffic, url.getAuthority());
  }

  @Override
  public String name() {
    return "MeshKore";
  }

  @Override
  public String durability() {
    return "acknowledged after fsync, the hub's default";
  }

  @Override
  public Usage usage() {
    return pid == 0 ? Usage.UNKNOWN : Usage.of(pid);
  }

  @Override
  public List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic)
      throws InterruptedException {
    return open(newRoster(agentCount), agentCount, loop, payload, traffic);
  }

  /// Opens the first agents of a roster on WebSockets.
  List<HubAgent> open(Roster roster, int agentCount, Loop loop, Payload payload, Traffic traffic) {
    List<HubAgent> agents = new ArrayList<>();
    for (int i = 0; i < agentCount; i++) {
      Place place = place(i, loop, payload, traffic);
      HubAgent agent = new HubAgent(place, roster.members().get(i), roster.recipient(), "/ws");
      loop.connect(agent, address());
      agents.add(agent);
    }
    return agents;
  }

  /// How many bytes the hub of our own keeps on disk.
  long storedBytes() {
    if (folder == null) {
      return 0;
    }
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new BenchFailure("cannot read " + folder, e);
    }
  }

  @Override
  public void close() {
    api.close();
    if (process != null) {
      process.close();
    }
    if (folder != null) {
      ServerProcess.remove(folder);
    }
  }

  /// The same hub, sent to by HTTP requests of this form instead.
  Target rest(RestAgent.Form form) {
    return new Rest(this, form);
  }

  private record Rest(HubTarget hub, RestAgent.Form form) implements Target {
    @Override
    public String name() {
      return hub.name();
    }

    @Override
    public String durability() {
      return hub.durability();
    }

    @Override
    public Usage usage() {
      return hub.usage();
    }

    @Override
    public List<? extends Agent> open(int agentCount, Loop loop, Payload payload, Traffic traffic)
        throws InterruptedException {
      Roster roster = hub.newRoster(agentCount);
      List<RestAgent> agents = new ArrayList<>();
      for (int i = 0; i < agentCount; i++) {
        Place place = hub.place(i, loop, payload, traffic);
        RestAgent agent =
            new RestAgent(
                place, roster.members().get(i), roster.members().getFirst().agentId(), form);
        loop.connect(agent, hub.address());
        agents.add(agent);
      }
      return agents;
    }

    @Override
    public void close() {
      // The hub is closed by whoever opened it.
    }
  }
}
