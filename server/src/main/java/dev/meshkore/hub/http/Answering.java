package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lets a handler answer. Here, once, refusals become problem bodies and failures a reference to
/// the log.
final class Answering {
  private static final Logger LOG = System.getLogger(Answering.class.getName());

  private Answering() {}

  static Response answer(
      Router.Match.Found found,
      String method,
      String target,
      Map<String, String> query,
      Function<String, List<String>> headers,
      byte[] body,
      @Nullable Principal caller,
      Peer peer) {
    try {
      return found
          .handler()
          .handle(
              new Request(
                  found.route(),
                  method,
                  target,
                  found.names(),
                  query,
                  headers,
                  body,
                  caller,
                  peer));
    } catch (Refused refused) {
      return Problems.response(refused);
    } catch (StoreFailure failure) {
      if (failure instanceof StoreFailure.Broken) {
        LOG.log(Level.ERROR, "The store failed", failure);
      } else if (failure instanceof StoreFailure.Busy && failure.getCause() != null) {
        // The cause may hold what callers sent.
        LOG.log(Level.WARNING, "A call was answered busy: {0}", failure.getMessage());
      }
      return Problems.response(Problems.of(failure));
    } catch (RuntimeException failure) {
      String reference = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      String where = found.route().method() + " " + found.route().pattern();
      LOG.log(Level.ERROR, where + " failed, reference " + reference, failure);
      return Problems.failure(reference);
    }
  }
}
