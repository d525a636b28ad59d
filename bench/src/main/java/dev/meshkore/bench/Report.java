package dev.meshkore.bench;

import java.util.List;

/// All results of one run of the generator, and the machine that they belong to.
///
/// @param at when the run began, RFC 3339
record Report(String at, Machine machine, List<Result> results) {
  Report {
    results = List.copyOf(results);
  }
}
