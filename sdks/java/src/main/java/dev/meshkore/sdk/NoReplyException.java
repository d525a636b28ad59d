package dev.meshkore.sdk;

/// No reply came in time. The message was sent; a late reply comes like any other message.
public final class NoReplyException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  NoReplyException(String message) {
    super(message, null);
  }
}
