package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Request;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// The versions of the extension by which a client pays for a task (a2a-x402), and how each writes
/// what x402 says.
enum PayForm {
  /// Version 0.2, with the objects of x402 version 2.
  CURRENT(2, "https://github.com/google-agentic-commerce/a2a-x402/blob/main/spec/v0.2"),
  /// Version 0.1, with those of x402 version 1.
  FORMER(1, "https://github.com/google-a2a/a2a-x402/v0.1");

  /// In which a client names the extensions that it wants, and the hub those that it got; A2A 0.3
  /// has a name of its own.
  static final String HEADER = "A2A-Extensions";

  private static final String FORMER_HEADER = "X-A2A-Extensions";

  private final int version;
  private final String uri;

  PayForm(int version, String uri) {
    this.version = version;
    this.uri = uri;
  }

  /// Of x402.
  int version() {
    return version;
  }

  /// What names the extension.
  String uri() {
    return uri;
  }

  /// What a caller asked for; the current one where it asked for both.
  static Optional<PayForm> of(Request request) {
    return Arrays.stream(values())
        .filter(form -> asked(request).anyMatch(form.uri::equals))
        .findFirst();
  }

  /// The header by which a caller asked.
  static String header(Request request) {
    return request.header(HEADER).isPresent() ? HEADER : FORMER_HEADER;
  }

  private static Stream<String> asked(Request request) {
    return Stream.of(HEADER, FORMER_HEADER)
        .flatMap(name -> request.headers(name).stream())
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip);
  }

  static PayForm stored(long version) {
    return version == FORMER.version ? FORMER : CURRENT;
  }
}
