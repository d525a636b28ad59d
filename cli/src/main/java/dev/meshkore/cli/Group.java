package dev.meshkore.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that is only the name of others; alone it says which.
abstract class Group implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /// Read by picocli alone: the options that every command has.
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private final CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
