package dev.meshkore.sdk;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Reads the whole body of a request, so that it can be sent more than once: some are made once
/// only.
final class RequestBody implements Flow.Subscriber<ByteBuffer> {
  static final int BYTES_MAX = 16 * 1024 * 1024;

  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  private RequestBody() {}

  /// The body; null where a request has none.
  ///
  /// @throws IllegalArgumentException when it is too long to be kept, or cannot be read
  static byte @Nullable [] of(HttpRequest request) {
    Optional<BodyPublisher> publisher = request.bodyPublisher();
    if (publisher.isEmpty()) {
      return null;
    }
    var body = new RequestBody();
    publisher.get().subscribe(body);
    try {
      return body.whole.get();
    } catch (ExecutionException e) {
      throw new IllegalArgumentException("The body of the request cannot be kept", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("Interrupted", e);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ByteBuffer part) {
    if (bytes.size() + part.remaining() > BYTES_MAX) {
      if (subscription != null) {
        subscription.cancel();
      }
      onError(new IllegalArgumentException("It has more than " + BYTES_MAX + " bytes"));
      return;
    }
    byte[] read = new byte[part.remaining()];
    part.get(read);
    bytes.writeBytes(read);
  }

  @Override
  public void onError(Throwable failure) {
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    whole.complete(bytes.toByteArray());
  }
}
