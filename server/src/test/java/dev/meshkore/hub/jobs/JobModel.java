package dev.meshkore.hub.jobs;

import java.util.List;

/// What a model that is too simple to be wrong knows of a job: a table of who may do what in which
/// state, and sums. Amounts are atoms.
final class JobModel {
  final boolean isEscrow;
  final boolean hasEvaluator;
  final boolean isOpenedByClient;
  final List<Long> parts;
  final boolean paysOnSilence;
  final boolean paysUnresolved;
  String state = "open";
  boolean isAgreed;
  int part;
  int submitted;
  long due;
  long paidIn;
  long paidOut;
  long back;

  JobModel(
      boolean isEscrow,
      boolean hasEvaluator,
      boolean isOpenedByClient,
      List<Long> parts,
      boolean paysOnSilence,
      boolean paysUnresolved) {
    this.isEscrow = isEscrow;
    this.hasEvaluator = hasEvaluator;
    this.isOpenedByClient = isOpenedByClient;
    this.parts = parts;
    this.paysOnSilence = paysOnSilence;
    this.paysUnresolved = paysUnresolved;
  }

  long price() {
    return parts.stream().mapToLong(Long::longValue).sum();
  }

  long held() {
    return isEscrow && paidIn > 0 ? paidIn - paidOut - back : 0;
  }

  boolean isOver() {
    return List.of("completed", "rejected", "expired").contains(state);
  }

  long fees() {
    return paidOut * 300 / 10_000 + (isEscrow ? paidOut * 50 / 10_000 : 0);
  }

  /// Who may take a step now: letters of client, provider, evaluator and arbiter.
  String who(String step) {
    String judge = hasEvaluator ? "e" : "c";
    return switch (state + " " + step) {
      case "open accept" -> isAgreed ? "" : isOpenedByClient ? "p" : "c";
      case "open fund" -> isEscrow && (isAgreed || !isOpenedByClient) ? "c" : "";
      case "open submit" -> !isEscrow && isAgreed ? "p" : "";
      case "open reject" -> "cp";
      case "funded submit" -> "p";
      case "funded reject" -> "p";
      case "submitted submit" -> submitted < 20 ? "p" : "";
      case "submitted complete" -> judge;
      case "submitted reject" -> hasEvaluator ? "ep" : isEscrow ? "p" : "cp";
      case "submitted dispute" -> isEscrow ? "cp" : "";
      case "disputed evidence" -> "cp";
      case "disputed resolve" -> "a";
      case "disputed complete" -> "c";
      case "disputed reject" -> "p";
      default -> "";
    };
  }

  void begin(long now) {
    state = isEscrow ? "funded" : "open";
    submitted = 0;
    due = now + 100_000;
  }

  void end(String how) {
    back += held();
    state = how;
    due = 0;
  }

  void payPart(long now) {
    paidOut += parts.get(part);
    if (part + 1 < parts.size()) {
      part++;
      begin(now);
    } else {
      end("completed");
    }
  }

  void apply(String step, long share, long now) {
    switch (step) {
      case "accept" -> {
        isAgreed = true;
        if (!isEscrow) {
          begin(now);
        }
      }
      case "fund" -> {
        isAgreed = true;
        paidIn = price();
        begin(now);
      }
      case "submit" -> {
        state = "submitted";
        submitted++;
        due = now + 50_000;
      }
      case "complete" -> payPart(now);
      case "reject" -> end("rejected");
      case "dispute" -> {
        state = "disputed";
        due = now + 70_000;
      }
      case "resolve" -> {
        paidOut += share;
        end(share > 0 ? "completed" : "rejected");
      }
      default -> {
        // Evidence changes nothing.
      }
    }
  }

  void time(long now) {
    if (state.equals("submitted") && paysOnSilence) {
      payPart(now);
    } else if (state.equals("disputed") && paysUnresolved) {
      paidOut += parts.get(part);
      end("completed");
    } else {
      end("expired");
    }
  }
}
