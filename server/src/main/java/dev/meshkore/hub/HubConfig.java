package dev.meshkore.hub;

import dev.meshkore.hub.guard.GuardSettings;
import dev.meshkore.hub.relay.Channels;
import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/// Every setting of a hub. Each can be an option of the command line (`--port 4770`), a variable
/// (`MESHKORE_PORT`), or a line in a properties file (`port=4770`); the first of these wins.
///
/// @param host the address to listen on
/// @param port the port to listen on; 0 takes any free one
/// @param data the folder that holds all the hub keeps
/// @param database where the tables are
/// @param publicUrl how agents reach the hub, if not by host and port
/// @param open whether an unknown id may register with the key it brings
/// @param ratePerMinute messages a minute for each agent; 0 for no limit
/// @param payloadBytesMax the largest payload
/// @param unreadMax the most unread messages an inbox may hold
/// @param channelMembersMax the most members a channel may have
/// @param agentInvites whether agents may invite others
/// @param outboundPrivate whether addresses that agents name may be of private networks
/// @param guard limits on how agents behave
/// @param dnsServers the name servers that are asked about domains; none for the machine's own
/// @param gitHubApi where GitHub answers programs
/// @param probePort a port of its own for health, readiness and metrics; 0 for none
public record HubConfig(
    String host,
    int port,
    Path data,
    DatabaseUrl database,
    Optional<String> publicUrl,
    boolean open,
    int ratePerMinute,
    int payloadBytesMax,
    int unreadMax,
    int channelMembersMax,
    boolean agentInvites,
    boolean outboundPrivate,
    GuardSettings guard,
    List<InetSocketAddress> dnsServers,
    String gitHubApi,
    int probePort) {

  /// One setting, as help and documentation show it.
  ///
  /// @param name as an option and in the file
  /// @param fallback the value where none is given
  /// @param description one sentence
  public record Setting(String name, String fallback, String description) {
    /// Its name among the variables.
    public String variable() {
      return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
  }

  /// Settings that are not accepted, all of them at once.
  public static final class Mistakes extends RuntimeException {
    private final transient List<String> mistakes;

    Mistakes(List<String> mistakes) {
      super(String.join("\n", mistakes), null, false, false);
      this.mistakes = List.copyOf(mistakes);
    }

    /// One sentence for each mistake, with the setting's name and value.
    public List<String> mistakes() {
      return mistakes;
    }
  }

  private static final String PREFIX = "MESHKORE_";

  /// Variables of the same prefix that the launcher, the command line and assistants read.
  private static final Set<String> OTHER_VARIABLES =
      Set.of(
          "MESHKORE_JAVA",
          "MESHKORE_JAVA_FOLDERS",
          "MESHKORE_JAVA_OPTIONS",
          "MESHKORE_JAR",
          "MESHKORE_HOME",
          "MESHKORE_CONFIG",
          "MESHKORE_TOKEN",
          "MESHKORE_URL");

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("host", "127.0.0.1", "The address to listen on."),
          new Setting("port", "4770", "The port to listen on; 0 takes any free one."),
          new Setting("data", "./data", "The folder that holds all the hub keeps."),
          new Setting(
              "database",
              "",
              "postgresql://user:password@host:port/name; without it, a file in the data folder."),
          new Setting("public-url", "", "How agents reach the hub, if not by host and port."),
          new Setting(
              "open",
              "false",
              "Whether an unknown id may register with the key it brings; loopback only."),
          new Setting("open-anywhere", "false", "Allow `open` on other addresses than loopback."),
          new Setting("rate-per-minute", "60", "Messages a minute for each agent; 0 for no limit."),
          new Setting("payload-bytes-max", "262144", "The largest payload of a message."),
          new Setting("unread-max", "100000", "The most unread messages an inbox may hold."),
          new Setting("channel-members-max", "10000", "The most members a channel may have."),
          new Setting("agent-invites", "false", "Whether agents may invite others."),
          new Setting(
              "outbound-private",
              "false",
              "Whether the hub calls private networks and itself when agents name such addresses."),
          new Setting(
              "pair-rate-per-minute",
              "0",
              "Messages a minute from one agent to another, or in one channel; 0 for no limit."),
          new Setting(
              "breaker-turns",
              "0",
              "Answers within a second, in a minute, at which two agents are stopped. Of all"
                  + " breakers: 0 follows from the rate limit, -1 is off."),
          new Setting(
              "breaker-repeats",
              "0",
              "Equal messages of an agent to one place in a minute at which it is stopped."),
          new Setting(
              "breaker-recipients",
              "0",
              "Agents that one writes to for the first time in a minute at which it is stopped."),
          new Setting(
              "breaker-refusals",
              "0",
              "Refused messages in a minute, four of five, at which an agent is stopped."),
          new Setting("breaker-depth", "0", "Agents in a row by whom a thread may be handed on."),
          new Setting("breaker-breadth", "0", "Agents to whom a thread may be handed on in all."),
          new Setting(
              "breaker-owner-messages",
              "0",
              "Messages in a minute at which all agents of an owner are stopped; 0 for never."),
          new Setting(
              "breaker-hub-messages",
              "0",
              "Messages in a minute at which all agents are stopped; 0 for never."),
          new Setting(
              "breaker-hub-refusals",
              "0",
              "Refused messages of all, four of five, at which all are stopped; 0 for never."),
          new Setting(
              "approvals-kept-days", "90", "Days for which approvals are kept once decided."),
          new Setting(
              "dns-servers",
              "",
              "Name servers, as host:port, host:port, that are asked when an agent shows that a"
                  + " domain is its own; without it, the machine's."),
          new Setting(
              "github-api",
              "https://api.github.com",
              "Where GitHub is asked whose a gist is, when an agent shows that an account is its"
                  + " own."),
          new Setting(
              "probe-port",
              "0",
              "A port of its own for /health, /ready and /metrics; 0 takes the main port."),
          new Setting(
              "sqlite-synchronous",
              "FULL",
              "SQLite's synchronous setting. OFF loses messages in a power cut; it is for tests."));

  /// Every setting, in the order of the documentation.
  public static List<Setting> settings() {
    return SETTINGS;
  }

  /// Reads the settings. The option or variable `config` names a properties file.
  ///
  /// @throws Mistakes when any is unknown or wrong
  public static HubConfig read(Map<String, String> options, Map<String, String> environment) {
    return new Reading(options, environment).read();
  }

  /// How the hub is reached when it listens on this port.
  public String url(int boundPort) {
    String name = host.contains(":") ? "[" + host + "]" : host;
    String reachable = Set.of("0.0.0.0", "[::]").contains(name) ? "127.0.0.1" : name;
    return publicUrl.orElse("http://" + reachable + ":" + boundPort);
  }

  /// One pass over all sources that gathers every mistake.
  private static final class Reading {
    private final Map<String, String> values = new HashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private final Set<String> names =
        SETTINGS.stream().map(Setting::name).collect(Collectors.toSet());

    Reading(Map<String, String> options, Map<String, String> environment) {
      SETTINGS.forEach(setting -> values.put(setting.name(), setting.fallback()));
      Optional.ofNullable(options.getOrDefault("config", environment.get("MESHKORE_CONFIG")))
          .ifPresent(this::readFile);
      environment.forEach(this::readVariable);
      options.forEach((name, value) -> {
        if (!name.equals("config")) {
          put("--" + name, name, value);
        }
      });
    }

    private void readFile(String file) {
      var properties = new Properties();
      try (Reader in = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException _) {
        mistakes.add("config=" + file + ": the file cannot be read");
      }
      properties
          .stringPropertyNames()
          .forEach(name -> put(file + ": " + name, name, properties.getProperty(name)));
    }

    private void readVariable(String variable, String value) {
      boolean isSetting = variable.startsWith(PREFIX) && !OTHER_VARIABLES.contains(variable);
      if (isSetting && !value.isBlank()) {
        String name =
            variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        put(variable, name, value);
      }
    }

    private void put(String source, String name, String value) {
      if (names.contains(name)) {
        values.put(name, value.strip());
      } else {
        mistakes.add(source + ": there is no setting of this name");
      }
    }

    HubConfig read() {
      Path data = Path.of(value("data"));
      int ratePerMinute = number("rate-per-minute", 0, 10_000_000);
      var config =
          new HubConfig(
              value("host"),
              number("port", 0, 65_535),
              data,
              database(data),
              address("public-url"),
              flag("open"),
              ratePerMinute,
              number("payload-bytes-max", 1_024, 16 << 20),
              number("unread-max", 1, Integer.MAX_VALUE),
              number("channel-members-max", 1, Channels.MEMBERS_MOST),
              flag("agent-invites"),
              flag("outbound-private"),
              guard(ratePerMinute),
              dnsServers(),
              address("github-api").orElse(""),
              number("probe-port", 0, 65_535));
      boolean anywhere = flag("open-anywhere");
      if (config.open() && !anywhere && !isLoopback(config.host())) {
        mistakes.add(
            "open=true with host="
                + config.host()
                + ": an open hub listens on loopback only; open-anywhere=true allows more");
      }
      if (!mistakes.isEmpty()) {
        throw new Mistakes(mistakes);
      }
      return config;
    }

    private GuardSettings guard(int ratePerMinute) {
      int most = 10_000_000;
      return new GuardSettings(
          ratePerMinute,
          number("pair-rate-per-minute", 0, most),
          number("breaker-turns", -1, most),
          number("breaker-repeats", -1, most),
          number("breaker-recipients", -1, most),
          number("breaker-refusals", -1, most),
          number("breaker-depth", -1, 1_000),
          number("breaker-breadth", -1, 1_000),
          number("breaker-owner-messages", 0, most),
          number("breaker-hub-messages", 0, most),
          number("breaker-hub-refusals", 0, most),
          number("approvals-kept-days", 1, 36_500));
    }

    private String value(String name) {
      return values.getOrDefault(name, "");
    }

    private int number(String name, int least, int most) {
      String text = value(name);
      try {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException _) {
        // Told below, like a number out of bounds.
      }
      mistakes.add(name + "=" + text + ": must be a whole number from " + least + " to " + most);
      return least;
    }

    private boolean flag(String name) {
      return switch (value(name)) {
        case "true" -> true;
        case "false" -> false;
        case String other -> {
          mistakes.add(name + "=" + other + ": must be true or false");
          yield false;
        }
      };
    }

    /// Addresses, not names: to look a name up needs the servers that are named here.
    private List<InetSocketAddress> dnsServers() {
      String text = value("dns-servers");
      var servers = new ArrayList<InetSocketAddress>();
      for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
        int colon = one.lastIndexOf(':');
        try {
          int port = colon < 0 ? 53 : Integer.parseInt(one.substring(colon + 1).strip());
          String host = (colon < 0 ? one : one.substring(0, colon)).strip();
          servers.add(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IllegalArgumentException _) {
          mistakes.add("dns-servers=" + text + ": must be addresses, each as address:port");
        }
      }
      return servers;
    }

    private Optional<String> address(String name) {
      String text = value(name);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        URI uri = URI.create(text);
        if (Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
            && uri.getHost() != null) {
          return Optional.of(text.replaceFirst("/+$", ""));
        }
      } catch (IllegalArgumentException _) {
        // Told below, like an address of another kind.
      }
      mistakes.add(name + "=" + text + ": must be an http or https address");
      return Optional.empty();
    }

    private DatabaseUrl database(Path data) {
      String synchronous = value("sqlite-synchronous");
      if (!Set.of("FULL", "NORMAL", "OFF").contains(synchronous)) {
        mistakes.add("sqlite-synchronous=" + synchronous + ": must be FULL, NORMAL or OFF");
        synchronous = "FULL";
      }
      String text = value("database");
      if (!text.isEmpty()) {
        try {
          return DatabaseUrl.postgresql(text);
        } catch (IllegalArgumentException failure) {
          mistakes.add("database: " + failure.getMessage());
        }
      }
      return new DatabaseUrl.SqliteFile(data.resolve("hub.db"), synchronous);
    }

    private static boolean isLoopback(String host) {
      try {
        return InetAddress.getByName(host).isLoopbackAddress();
      } catch (UnknownHostException _) {
        return false;
      }
    }
  }
}
