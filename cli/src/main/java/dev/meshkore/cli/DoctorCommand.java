package dev.meshkore.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Looks for what keeps a hub from working well on this machine.
@Command(
    name = "doctor",
    description = "Look for what keeps a hub from working well on this machine.")
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final HubOptions hub = new HubOptions();

  DoctorCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var config = hub.read(here);
    List<Finding> findings;
    try (var _ = Progress.of(here, "Looking")) {
      findings = new Checkup(here, config).findings();
    }
    if (common.json) {
      var list = Json.array();
      findings.forEach(finding -> list.add(finding.json()));
      var answer = Json.object();
      answer.set("findings", list);
      here.out().println(Json.line(answer));
    } else {
      findings.forEach(finding -> finding.lines(here).forEach(here.out()::println));
    }
    var isWell = findings.stream().noneMatch(f -> f.level() == Finding.Level.PROBLEM);
    return (isWell ? Exit.OK : Exit.OTHER).code();
  }
}
