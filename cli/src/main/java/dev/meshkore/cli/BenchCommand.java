package dev.meshkore.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Measures a hub; the load generator reads its own arguments, `--help` too.
@Command(name = "bench", description = "Measure how fast a hub is (see bench --help).")
final class BenchCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  private BenchCommand() {}

  static CommandLine line() {
    return new CommandLine(new BenchCommand());
  }

  @Override
  public Integer call() {
    var status = dev.meshkore.bench.BenchCommand.run(arguments.toArray(String[]::new));
    return switch (status) {
      case 0 -> Exit.OK.code();
      case 2 -> Exit.USER.code();
      case 3 -> Exit.NETWORK.code();
      default -> Exit.OTHER.code();
    };
  }
}
