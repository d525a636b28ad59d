package dev.meshkore.hub;

import java.net.BindException;
import java.util.Map;

/// Starts a hub with the settings of the environment, and stops it with the process. The command
/// line has more to offer.
public final class Main {
  /// The exit code after the disk failed: the hub stops rather than guess what is stored.
  public static final int EXIT_DISK_FAILED = 74;

  private Main() {}

  /// Environment → settings → hub → wait.
  public static void main(String[] arguments) throws BindException, InterruptedException {
    Hub hub = Hub.open(HubConfig.read(Map.of(), System.getenv()));
    Runtime.getRuntime().addShutdownHook(new Thread(hub::close, "stop"));
    hub.awaitStop();
  }
}
